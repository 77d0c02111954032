"""For operators: health check, figures for Prometheus and a status page, on a port of their own."""
