// expect: a task overrides `process(const ergon::Transaction<Payload>&)`
#include "pieces.hpp"

class Orders : public ergon::Consumer<Order> {};

void use() { ergon::App("a").task<Orders>("Orders"); }
