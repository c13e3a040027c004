// expect: a service or connector without Options has the constructor T(ergon::TaskContext&) or T()
#include "pieces.hpp"

class Bank : public ergon::Service {
 public:
  explicit Bank(int) {}
};

void use() { ergon::App("a").service<Bank>("bank"); }
