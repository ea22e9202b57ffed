"""What clerks see: server-rendered pages, no build step, no request to anywhere else."""
