#define KERNEL extern "C" __global__
#define GLOBAL
#define SHARED __shared__
#define RESTRICT __restrict__
#define LANES(x, y, z) __launch_bounds__((x) * (y) * (z))
#define GROUP(axis) GROUP_##axis
#define LANE(axis) LANE_##axis
#define UNIT ((int)(blockIdx.x * blockDim.x + threadIdx.x))
#define WAIT __syncthreads()
#define WAIT_FOR_ALL __syncthreads()
#define BITS(x) __float_as_int(x)
#define NUMBER(x) __int_as_float(x)
#define FUNCTION static __device__ __forceinline__
#define ALIGNED __attribute__((aligned(16)))
#define OF_GROUP
#define GROUP_0 ((int)blockIdx.x)
#define GROUP_1 ((int)blockIdx.y)
#define GROUP_2 ((int)blockIdx.z)
#define LANE_0 ((int)threadIdx.x)
#define LANE_1 ((int)threadIdx.y)
#define LANE_2 ((int)threadIdx.z)
struct ALIGNED FOUR { float x, y, z, w; };
#define fma fmaf
#define fabs fabsf
#define sqrt sqrtf
#define LOAD_FOUR(a, b, c, d, space, from) { const FOUR four = *(const space FOUR*)(from); a = four.x; b = four.y; c = four.z; d = four.w; }
#define STORE_FOUR(space, to, a, b, c, d) { FOUR four; four.x = a; four.y = b; four.z = c; four.w = d; *(space FOUR*)(to) = four; }
FUNCTION float half_bits(short bits) { return NUMBER((int)(((unsigned int)(int)bits << 13) & 0x8FFFE000u)); }
FUNCTION float lower(float a, float b) { return a < b ? a : b; }
FUNCTION float upper(float a, float b) { return a > b ? a : b; }

