"""What an image needs beside the application: its health probe, and the one-shot commands."""
