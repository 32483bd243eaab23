"""One page a file; Streamlit runs each as a script, so each ends with the call that shows it."""
