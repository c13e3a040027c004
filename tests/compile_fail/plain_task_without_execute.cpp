// expect: a plain task overrides `execute(ergon::TaskContext&)`
#include "pieces.hpp"

class Nightly : public ergon::Task {};

void use() { ergon::App("a").task<Nightly>("Nightly"); }
