"""Reading and writing mail: bytes in, values out."""
