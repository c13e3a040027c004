// expect: a task derives from ergon::Consumer<Payload, Result>
#include "pieces.hpp"

class Orders {};

void use() { ergon::App("a").task<Orders>("Orders"); }
