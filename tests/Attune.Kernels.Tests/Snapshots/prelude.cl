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
#pragma OPENCL FP_CONTRACT OFF
FUNCTION float lower(float a, float b) { return a < b ? a : b; }
FUNCTION float upper(float a, float b) { return a > b ? a : b; }

