// expect: a service or connector with Options has the constructor T(Options) or T(Options,
// ergon::TaskContext&)
#include "pieces.hpp"

class Bank : public ergon::Service {
 public:
  struct Options {
    int limit{1};
    ERGON_OPTIONS(Options, limit);
  };
};

void use() { ergon::App("a").service<Bank>("bank"); }
