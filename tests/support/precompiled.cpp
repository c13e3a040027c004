// A target has to have a source file; what it is for is its precompiled header.
int main() {}
