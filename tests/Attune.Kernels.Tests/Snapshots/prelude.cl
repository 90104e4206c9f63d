#define KERNEL __kernel
#define GLOBAL __global
#define SHARED __local
#define RESTRICT restrict
#define LANES(x, y, z) __attribute__((reqd_work_group_size(x, y, z)))
#define GROUP(axis) ((int)get_group_id(axis))
#define LANE(axis) ((int)get_local_id(axis))
#define UNIT ((int)get_global_id(0))
#define WAIT barrier(CLK_LOCAL_MEM_FENCE)
#define WAIT_FOR_ALL barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE)
#define BITS(x) as_int(x)
#define NUMBER(x) as_float(x)
#define FUNCTION static
#define ALIGNED __attribute__((aligned(16)))
#define OF_GROUP __local
#define FOUR float4
#pragma OPENCL FP_CONTRACT OFF
#define LOAD_FOUR(a, b, c, d, space, from) { const FOUR four = *(const space FOUR*)(from); a = four.x; b = four.y; c = four.z; d = four.w; }
#define STORE_FOUR(space, to, a, b, c, d) { FOUR four; four.x = a; four.y = b; four.z = c; four.w = d; *(space FOUR*)(to) = four; }
FUNCTION float half_bits(short bits) { return NUMBER((int)(((unsigned int)(int)bits << 13) & 0x8FFFE000u)); }
FUNCTION float lower(float a, float b) { return a < b ? a : b; }
FUNCTION float upper(float a, float b) { return a > b ? a : b; }

