#pragma once

// ERGON_API marks what the compiled library exports; everything else in it is hidden.
#define ERGON_API [[gnu::visibility("default")]]
