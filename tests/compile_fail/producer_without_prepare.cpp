// expect: a producer overrides `prepare()`
#include "pieces.hpp"

class Orders : public ergon::Producer<Order> {};

void use() { ergon::App("a").task<Orders>("Orders"); }
