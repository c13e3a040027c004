// expect: name the options: ERGON_OPTIONS(Options, members
#include "pieces.hpp"

class Bank : public ergon::Service {
 public:
  struct Options {
    int limit{1};
  };
  explicit Bank(Options) {}
};

void use() { ergon::App("a").service<Bank>("bank"); }
