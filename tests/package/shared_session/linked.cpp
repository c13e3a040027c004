#include "record.hpp"

// A library that the program is linked with; but for this, its symbols are hidden.
extern "C" [[gnu::visibility("default")]] void work_of_linked() { shared_session::record("linked"); }
