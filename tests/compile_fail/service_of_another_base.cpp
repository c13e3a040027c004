// expect: a service derives from ergon::Service, a connector from ergon::Connector
#include "pieces.hpp"

class Bank {};

void use() { ergon::App("a").service<Bank>("bank"); }
