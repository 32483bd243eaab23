from tests.integration.figures_stage import *
def test_probe(database, valkey, tmp_path):
    with figures_stage(database, valkey, tmp_path) as f:
        f.add()
        m2 = MODEL.replace('  revenue:\n','  billed:\n').replace('  region:\n    table','  area:\n    table').replace('faturamento','cobrança').replace('faturamentos','cobranças').replace('região','zona').replace('revenue','billing')
        f.add("two", model=m2)
        with f.on.door.client(f.on.a.admin) as c: c.put("/users/ana", json={"role":"manager"})
        ask=lambda q,s: f.post("/chat", {"user_id":"ana","message":q,"data_source":s}, key=f.on.a.chat)
        r=ask("faturamento por região em outubro, só a região North","shop").json(); print(r["response"], [c["arguments"] for c in r["tool_calls"]])
        cid=r["conversation_id"]
        for q in ("e em setembro?","por mês","e no South?","só os 2 maiores"):
            p=f.post("/metrics/parse",{"question":q,"data_source":"two","conversation_id":cid}); print(q,p.status_code,p.text)
        r=ask("e em setembro?","two"); print(r.status_code, r.text[:400])
