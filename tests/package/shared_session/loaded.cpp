#include "record.hpp"

// A library that the program is loads while it runs; but for this, its symbols are hidden.
extern "C" [[gnu::visibility("default")]] void work_of_loaded() { shared_session::record("loaded"); }
