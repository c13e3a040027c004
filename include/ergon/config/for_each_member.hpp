#pragma once

// ERGON_DETAIL_FOR_EACH_MEMBER(macro, Type, a, b, …) is macro(Type, a) macro(Type, b) …, for at most 32
// members. For the macros that take a list of members; not for users. A macro can't call itself, but its text
// can be scanned again: every SCAN doubles the scans of the one below it.
#define ERGON_DETAIL_FOR_EACH_MEMBER(macro, Type, ...) \
  __VA_OPT__(ERGON_DETAIL_SCAN_32(ERGON_DETAIL_ONE_MEMBER(macro, Type, __VA_ARGS__)))
#define ERGON_DETAIL_ONE_MEMBER(macro, Type, member, ...) \
  macro(Type, member) __VA_OPT__(ERGON_DETAIL_NEXT_MEMBER ERGON_DETAIL_PARENTHESES(macro, Type, __VA_ARGS__))
#define ERGON_DETAIL_NEXT_MEMBER() ERGON_DETAIL_ONE_MEMBER
#define ERGON_DETAIL_PARENTHESES ()
#define ERGON_DETAIL_SCAN_32(...) ERGON_DETAIL_SCAN_16(ERGON_DETAIL_SCAN_16(__VA_ARGS__))
#define ERGON_DETAIL_SCAN_16(...) ERGON_DETAIL_SCAN_8(ERGON_DETAIL_SCAN_8(__VA_ARGS__))
#define ERGON_DETAIL_SCAN_8(...) ERGON_DETAIL_SCAN_4(ERGON_DETAIL_SCAN_4(__VA_ARGS__))
#define ERGON_DETAIL_SCAN_4(...) ERGON_DETAIL_SCAN_2(ERGON_DETAIL_SCAN_2(__VA_ARGS__))
#define ERGON_DETAIL_SCAN_2(...) ERGON_DETAIL_SCAN_1(ERGON_DETAIL_SCAN_1(__VA_ARGS__))
#define ERGON_DETAIL_SCAN_1(...) __VA_ARGS__
