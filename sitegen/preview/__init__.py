"""What a person sees in the browser while writing: the doorbell, the server, and the script that patches an open page."""
