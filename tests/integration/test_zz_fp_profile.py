import cProfile, pstats, time, statistics
from tests.integration.road_stage import a_road
from tests.integration.stage import ask, claim
from backend.answering.answer_turn import answer_turn
def test_profile(postgres, database, valkey):
    with a_road(postgres, database, valkey) as road:
        q="Qual foi o faturamento de outubro?"
        for i in range(5): road.ask(q)
        times={"submit":[], "claim":[], "answer":[]}
        pr=cProfile.Profile()
        for i in range(60):
            t0=time.perf_counter(); ask(road.world.database, road.tenant_id, q, user_id=f"u{i}"); t1=time.perf_counter()
            c=claim(road.world.database); t2=time.perf_counter()
            if i>=30: pr.enable()
            answer_turn(road.world, c)
            if i>=30: pr.disable()
            t3=time.perf_counter()
            if i<30:
                for k,v in zip(times,(t1-t0,t2-t1,t3-t2)): times[k].append(v*1000)
        print({k: round(statistics.median(v),2) for k,v in times.items()})
        pstats.Stats(pr).sort_stats("cumulative").print_stats(45); pstats.Stats(pr).sort_stats("tottime").print_stats(25)
