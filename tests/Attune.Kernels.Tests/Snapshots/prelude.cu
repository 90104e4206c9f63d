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
#define GROUP_0 ((int)blockIdx.x)
#define GROUP_1 ((int)blockIdx.y)
#define GROUP_2 ((int)blockIdx.z)
#define LANE_0 ((int)threadIdx.x)
#define LANE_1 ((int)threadIdx.y)
#define LANE_2 ((int)threadIdx.z)
#define fma fmaf
#define fabs fabsf
#define sqrt sqrtf
FUNCTION float lower(float a, float b) { return a < b ? a : b; }
FUNCTION float upper(float a, float b) { return a > b ? a : b; }

