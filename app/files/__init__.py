"""Files: the audio that users send, in a bucket or in a folder. What is audio, and whose, the api decides."""
