// expect: a task derives from ergon::Consumer<Payload, Result>, ergon::Producer<Payload> (or both) or
// ergon::Task
#include "pieces.hpp"

class Orders {};

void use() { ergon::App("a").task<Orders>("Orders"); }
