/*
 * A CUDA driver and an NVRTC that need no GPU. Memory is the host's, streams run at once, "PTX" is a header and the source behind it, and kernels run: a module
 * compiles its source with the host's C++ compiler, and a launch runs the lanes of each group as coroutines that meet at barriers. Every failure a driver can
 * report is asked for with fake_set; fake_get tells what happened. A setting may also come from the environment, as FAKE_CUDA_NAME. One thread at a time.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))
#define MAX_LANES 1024
#define STACK (64 * 1024)
#ifdef __x86_64__
#define FUSED "-mfma"
#else
#define FUSED ""
#endif
#define HEADER "//\n// fake PTX\n//\n.version 7.8\n"

enum {
    OK = 0, INVALID_VALUE = 1, OUT_OF_MEMORY = 2, NOT_INITIALIZED = 3, NO_DEVICE = 100, INVALID_DEVICE = 101, INVALID_IMAGE = 200, INVALID_CONTEXT = 201,
    INVALID_PTX = 218, INVALID_HANDLE = 400, NOT_FOUND = 500, NOT_READY = 600, ILLEGAL_ADDRESS = 700, OUT_OF_RESOURCES = 701, CAPTURE_UNSUPPORTED = 900, CAPTURE_INVALIDATED = 901
};

/* ---- settings and counters ---- */

typedef struct { const char *name; long value; } Pair;

static Pair settings[] = {
    {"devices", 1}, {"driver", 12040}, {"major", 8}, {"minor", 6}, {"memory", 1L << 32}, {"lanes", 1024}, {"shared", 49152}, {"registers", 65536},
    {"groups_y", 65535},
    /* what compiled functions take: lanes at most, bytes of shared and of local memory, registers */
    {"function_lanes", 1024}, {"function_shared", 0}, {"function_local", 0}, {"function_registers", 40},
    /* NVRTC: its version, and the oldest and newest architecture that it knows */
    {"nvrtc", 1104}, {"oldest", 35}, {"newest", 90},
    /* errors: of cuInit, of retaining the context, of allocating, of loading a module, of launching; one that a launch meets while it runs; of compiling */
    {"init", 0}, {"retain", 0}, {"alloc", 0}, {"load", 0}, {"launch", 0}, {"fault", 0}, {"compile", 0},
    /* errors: of recording launches, of making a graph of them */
    {"capture", 0}, {"instantiate", 0},
    /* 1: what was launched never ends; 1: the process ends when the driver is asked for devices */
    {"hang", 0}, {"crash", 0},
};

static Pair counters[] = {
    {"memory", 0}, {"blocks", 0}, {"modules", 0}, {"contexts", 0}, {"streams", 0}, {"events", 0}, {"launches", 0}, {"compiles", 0}, {"loads", 0},
    {"groups", 0}, {"last_lanes", 0}, {"graphs", 0}, {"graph_launches", 0},
};

static Pair *find(Pair *pairs, size_t count, const char *name) {
    for (size_t i = 0; i < count; i++)
        if (!strcmp(pairs[i].name, name)) return &pairs[i];
    fprintf(stderr, "fake_cuda: there is no '%s'\n", name);
    abort();
}

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define SETTING(name) setting(name)
#define COUNTER(name) (find(counters, COUNT(counters), name)->value)

static long setting(const char *name) {
    char variable[64] = "FAKE_CUDA_";
    size_t at = strlen(variable);
    for (const char *c = name; *c && at < sizeof(variable) - 1; c++) variable[at++] = (char)toupper(*c);
    variable[at] = 0;
    const char *given = getenv(variable);
    return given ? atol(given) : find(settings, COUNT(settings), name)->value;
}

EXPORT void fake_set(const char *name, long value) { find(settings, COUNT(settings), name)->value = value; }
EXPORT long fake_get(const char *name) { return COUNTER(name); }

/* ---- state ---- */

typedef struct Block { char *data; size_t size; struct Block *next; } Block;
typedef struct { double at; } Event;
typedef struct Function { char name[128]; int parameters; void (*run)(void **); struct Function *next; } Function;
typedef struct { void *library; char *source; Function *functions; void (*shape)(const int *); void (*lane)(int, int, int); } Module;

static int initialised, context_marker, stream_marker, dead;
static void *current;
static Block *blocks;
static double device_ms = 1; /* the device's clock: launches and copies move it on */
static int pending; /* an error that waits for the next synchronisation */
static int capturing, spoilt; /* launches are recorded; something that cannot be recorded was asked for */

static int enter(void) { return !initialised ? NOT_INITIALIZED : dead ? dead : !current ? INVALID_CONTEXT : OK; }

/* What waits or allocates cannot be recorded, and spoils what was. */
static int enter_waiting(void) {
    if (!capturing) return enter();
    spoilt = 1;
    return CAPTURE_UNSUPPORTED;
}

static int is_inside(uint64_t address, size_t bytes) {
    for (Block *b = blocks; b; b = b->next)
        if (address >= (uint64_t)(uintptr_t)b->data && address + bytes <= (uint64_t)(uintptr_t)b->data + b->size) return 1;
    return 0;
}

/* ---- driver: devices and errors ---- */

EXPORT int cuInit(unsigned flags) {
    int error = (int)SETTING("init");
    if (SETTING("crash")) abort();
    if (error || flags) return error ? error : INVALID_VALUE;
    if (SETTING("devices") == 0) return NO_DEVICE;
    initialised = 1;
    return OK;
}

EXPORT int cuDriverGetVersion(int *version) { *version = (int)SETTING("driver"); return OK; }

static const struct { int code; const char *name, *text; } errors[] = {
    {1, "CUDA_ERROR_INVALID_VALUE", "invalid argument"}, {2, "CUDA_ERROR_OUT_OF_MEMORY", "out of memory"},
    {3, "CUDA_ERROR_NOT_INITIALIZED", "initialization error"}, {100, "CUDA_ERROR_NO_DEVICE", "no CUDA-capable device is detected"},
    {101, "CUDA_ERROR_INVALID_DEVICE", "invalid device ordinal"}, {200, "CUDA_ERROR_INVALID_IMAGE", "device kernel image is invalid"},
    {201, "CUDA_ERROR_INVALID_CONTEXT", "invalid device context"}, {214, "CUDA_ERROR_ECC_UNCORRECTABLE", "uncorrectable ECC error encountered"},
    {218, "CUDA_ERROR_INVALID_PTX", "a PTX JIT compilation failed"}, {222, "CUDA_ERROR_UNSUPPORTED_PTX_VERSION", "the provided PTX was compiled with an unsupported toolchain."},
    {400, "CUDA_ERROR_INVALID_HANDLE", "invalid resource handle"}, {500, "CUDA_ERROR_NOT_FOUND", "named symbol not found"},
    {700, "CUDA_ERROR_ILLEGAL_ADDRESS", "an illegal memory access was encountered"},
    {701, "CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES", "too many resources requested for launch"},
    {702, "CUDA_ERROR_LAUNCH_TIMEOUT", "the launch timed out and was terminated"}, {709, "CUDA_ERROR_CONTEXT_IS_DESTROYED", "context is destroyed"},
    {710, "CUDA_ERROR_ASSERT", "device-side assert triggered"}, {714, "CUDA_ERROR_HARDWARE_STACK_ERROR", "hardware stack error"},
    {715, "CUDA_ERROR_ILLEGAL_INSTRUCTION", "an illegal instruction was encountered"}, {716, "CUDA_ERROR_MISALIGNED_ADDRESS", "misaligned address"},
    {717, "CUDA_ERROR_INVALID_ADDRESS_SPACE", "operation not supported on global/shared address space"},
    {718, "CUDA_ERROR_INVALID_PC", "invalid program counter"}, {719, "CUDA_ERROR_LAUNCH_FAILED", "unspecified launch failure"},
    {803, "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH", "system has unsupported display driver / cuda driver combination"}, {900, "CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED", "operation not permitted when stream is capturing"},
    {901, "CUDA_ERROR_STREAM_CAPTURE_INVALIDATED", "operation failed due to a previous error during capture"}, {999, "CUDA_ERROR_UNKNOWN", "unknown error"},
};

EXPORT int cuGetErrorName(int code, const char **name) {
    for (size_t i = 0; i < COUNT(errors); i++)
        if (errors[i].code == code) { *name = errors[i].name; return OK; }
    *name = NULL;
    return INVALID_VALUE;
}

EXPORT int cuGetErrorString(int code, const char **text) {
    for (size_t i = 0; i < COUNT(errors); i++)
        if (errors[i].code == code) { *text = errors[i].text; return OK; }
    *text = NULL;
    return INVALID_VALUE;
}

EXPORT int cuDeviceGetCount(int *count) { *count = (int)SETTING("devices"); return initialised ? OK : NOT_INITIALIZED; }

EXPORT int cuDeviceGet(int *device, int number) {
    *device = number;
    return number >= 0 && number < SETTING("devices") ? OK : INVALID_DEVICE;
}

EXPORT int cuDeviceGetName(char *name, int length, int device) { return snprintf(name, (size_t)length, "Fake GPU %d", device) < length ? OK : INVALID_VALUE; }

EXPORT int cuDeviceTotalMem_v2(size_t *bytes, int device) { (void)device; *bytes = (size_t)SETTING("memory"); return OK; }

EXPORT int cuDeviceGetAttribute(int *number, int what, int device) {
    (void)device;
    switch (what) {
        case 1: case 2: case 3: *number = (int)SETTING("lanes"); break;
        case 4: *number = 64; break;
        case 5: *number = 2147483647; break;
        case 6: case 7: *number = (int)SETTING("groups_y"); break;
        case 8: *number = (int)SETTING("shared"); break;
        case 10: *number = 32; break;
        case 12: *number = (int)SETTING("registers"); break;
        case 13: *number = 1777000; break;
        case 16: *number = 28; break;
        case 37: *number = 192; break;
        case 38: *number = 2359296; break;
        case 39: *number = 1536; break;
        case 75: *number = (int)SETTING("major"); break;
        case 76: *number = (int)SETTING("minor"); break;
        default: return INVALID_VALUE; /* the clock of the memory too: newer drivers do not tell it */
    }
    return OK;
}

/* ---- driver: contexts, streams, events, memory ---- */

EXPORT int cuDevicePrimaryCtxRetain(void **context, int device) {
    (void)device;
    int error = (int)SETTING("retain");
    if (error) return error;
    COUNTER("contexts")++;
    *context = &context_marker;
    return OK;
}

EXPORT int cuDevicePrimaryCtxRelease_v2(int device) { (void)device; COUNTER("contexts")--; return OK; }
EXPORT int cuCtxSetCurrent(void *context) { current = context; return dead ? dead : OK; }

EXPORT int cuStreamCreate(void **stream, unsigned flags) {
    (void)flags;
    *stream = &stream_marker;
    COUNTER("streams")++;
    return enter();
}

EXPORT int cuStreamDestroy_v2(void *stream) { COUNTER("streams")--; return stream == &stream_marker ? enter() : INVALID_HANDLE; }

EXPORT int cuStreamQuery(void *stream) {
    int error = enter_waiting();
    if (error) return error;
    if (SETTING("hang") && COUNTER("launches") > 0) return NOT_READY;
    if (pending) dead = pending;
    return dead ? dead : stream == &stream_marker ? OK : INVALID_HANDLE;
}

EXPORT int cuStreamSynchronize(void *stream) {
    int error = enter_waiting();
    if (error) return error;
    while (SETTING("hang") && COUNTER("launches") > 0) sleep(1);
    if (pending) dead = pending;
    return dead ? dead : stream == &stream_marker ? OK : INVALID_HANDLE;
}

EXPORT int cuEventCreate(Event **event, unsigned flags) {
    (void)flags;
    *event = calloc(1, sizeof(Event));
    COUNTER("events")++;
    return enter();
}

EXPORT int cuEventDestroy_v2(Event *event) { free(event); COUNTER("events")--; return enter(); }
EXPORT int cuEventRecord(Event *event, void *stream) { event->at = device_ms; return stream == &stream_marker ? enter() : INVALID_HANDLE; }
EXPORT int cuEventElapsedTime(float *ms, Event *begin, Event *end) { *ms = (float)(end->at - begin->at); return enter(); }

EXPORT int cuMemAlloc_v2(uint64_t *address, size_t bytes) {
    int error = enter_waiting() ? enter_waiting() : (int)SETTING("alloc");
    if (error) return error;
    if (COUNTER("memory") + (long)bytes > SETTING("memory")) return OUT_OF_MEMORY;
    Block *block = malloc(sizeof(Block));
    block->data = aligned_alloc(256, (bytes + 255) / 256 * 256);
    memset(block->data, 0xCD, bytes);
    block->size = bytes;
    block->next = blocks;
    blocks = block;
    COUNTER("memory") += (long)bytes;
    COUNTER("blocks")++;
    *address = (uint64_t)(uintptr_t)block->data;
    return OK;
}

EXPORT int cuMemFree_v2(uint64_t address) {
    for (Block **at = &blocks; *at; at = &(*at)->next) {
        Block *block = *at;
        if ((uint64_t)(uintptr_t)block->data == address) {
            *at = block->next;
            COUNTER("memory") -= (long)block->size;
            COUNTER("blocks")--;
            free(block->data);
            free(block);
            return enter();
        }
    }
    return INVALID_VALUE;
}

static int copy(void *to, const void *from, size_t bytes, uint64_t first, uint64_t second) {
    int error = enter_waiting(); /* a driver would record copies on the device; nobody asks it to */
    if (error) return error;
    if (!is_inside(first, bytes) || (second && !is_inside(second, bytes))) return INVALID_VALUE;
    memmove(to, from, bytes);
    device_ms += 0.001;
    return OK;
}

EXPORT int cuMemcpyHtoDAsync_v2(uint64_t to, const void *from, size_t bytes, void *stream) {
    return stream == &stream_marker ? copy((void *)(uintptr_t)to, from, bytes, to, 0) : INVALID_HANDLE;
}

EXPORT int cuMemcpyDtoHAsync_v2(void *to, uint64_t from, size_t bytes, void *stream) {
    return stream == &stream_marker ? copy(to, (void *)(uintptr_t)from, bytes, from, 0) : INVALID_HANDLE;
}

EXPORT int cuMemcpyDtoDAsync_v2(uint64_t to, uint64_t from, size_t bytes, void *stream) {
    return stream == &stream_marker ? copy((void *)(uintptr_t)to, (void *)(uintptr_t)from, bytes, from, to) : INVALID_HANDLE;
}

/* ---- driver: modules, compiled by the host's compiler ---- */

static const char prelude[] =
    "struct Place { int x, y, z; };\n"
    "static Place blockIdx, blockDim, threadIdx;\n"
    "extern \"C\" void (*fake_barrier)(void);\n"
    "void (*fake_barrier)(void);\n"
    "#define __global__ __attribute__((visibility(\"default\")))\n"
    "#define __device__\n"
    "#define __shared__ static\n"
    "#define __launch_bounds__(n)\n"
    "#define __forceinline__ inline\n"
    "#define __syncthreads() fake_barrier()\n"
    "static inline float fmaf(float a, float b, float c) { return __builtin_fmaf(a, b, c); }\n"
    "static inline float fabsf(float a) { return __builtin_fabsf(a); }\n"
    "static inline float sqrtf(float a) { return __builtin_sqrtf(a); }\n"
    "static inline int __float_as_int(float a) { int b; __builtin_memcpy(&b, &a, 4); return b; }\n"
    "static inline float __int_as_float(int a) { float b; __builtin_memcpy(&b, &a, 4); return b; }\n"
    "static inline int min(int a, int b) { return a < b ? a : b; }\n"
    "static inline int max(int a, int b) { return a > b ? a : b; }\n"
    "extern \"C\" void fake_shape(const int *n) { blockIdx = Place{n[0], n[1], n[2]}; blockDim = Place{n[3], n[4], n[5]}; }\n"
    "extern \"C\" void fake_lane(int x, int y, int z) { threadIdx = Place{x, y, z}; }\n";

/* Kernels are the functions "KERNEL ... void NAME(PARAMETERS)\n{"; each parameter is an address or a 32-bit number. */
static Function *functions_of(const char *source, FILE *wrappers) {
    Function *all = NULL;
    for (const char *at = source; (at = strstr(at, "\nKERNEL ")); at++) {
        const char *name = strstr(at, " void ");
        const char *open = name ? strchr(name, '(') : NULL;
        const char *close = open ? strstr(open, ")\n{") : NULL;
        if (!close) break;
        Function *function = calloc(1, sizeof(Function));
        snprintf(function->name, sizeof(function->name), "%.*s", (int)(open - name - 6), name + 6);
        function->next = all;
        all = function;
        fprintf(wrappers, "extern \"C\" void run_%s(void **p) { %s(", function->name, function->name);
        int number = 0;
        for (const char *from = open + 1; from < close; number++) {
            const char *to = memchr(from, ',', (size_t)(close - from));
            to = to ? to : close;
            const char *star = memchr(from, '*', (size_t)(to - from));
            char type[64] = "int ";
            if (star) {
                snprintf(type, sizeof(type), "%.*s*", (int)(star - from), from);
                char *global = strstr(type, "GLOBAL ");
                if (global) memset(global, ' ', 6);
            }
            fprintf(wrappers, "%s*(%s*)p[%d]", number ? ", " : "", type, number);
            from = to + 1;
        }
        function->parameters = number;
        fprintf(wrappers, "); }\n");
    }
    return all;
}

static int host_compile(Module *module) {
    char folder[] = "/tmp/fake-cuda-XXXXXX";
    if (!mkdtemp(folder)) return INVALID_IMAGE;
    char text[64], library[64], command[1024];
    snprintf(text, sizeof(text), "%s/module.cc", folder);
    snprintf(library, sizeof(library), "%s/module.so", folder);
    FILE *file = fopen(text, "w");
    if (!file) return INVALID_IMAGE;
    fputs(prelude, file);
    fputs(module->source, file);
    fputs("\n", file);
    module->functions = functions_of(module->source, file);
    fclose(file);
    snprintf(command, sizeof(command), "%s -x c++ -std=c++14 -w -O1 -ffp-contract=off " FUSED " -fPIC -shared -nostdlib -o %s %s >&2", COMPILER, library, text);
    int failed = system(command);
    module->library = failed ? NULL : dlopen(library, RTLD_NOW | RTLD_LOCAL);
    snprintf(command, sizeof(command), "rm -r %s", folder);
    if (system(command) || !module->library) return INVALID_PTX;
    module->shape = (void (*)(const int *))dlsym(module->library, "fake_shape");
    module->lane = (void (*)(int, int, int))dlsym(module->library, "fake_lane");
    for (Function *f = module->functions; f; f = f->next) {
        char name[160];
        snprintf(name, sizeof(name), "run_%s", f->name);
        f->run = (void (*)(void **))dlsym(module->library, name);
    }
    return OK;
}

EXPORT int cuModuleLoadDataEx(Module **result, const char *image, unsigned count, const int *options, void **values) {
    int error = enter() ? enter() : (int)SETTING("load");
    COUNTER("loads")++;
    if (!error && strncmp(image, HEADER, strlen(HEADER))) error = INVALID_IMAGE;
    const char *source = error ? NULL : strstr(image, "#define KERNEL");
    if (!error && !source) error = INVALID_PTX;
    for (unsigned i = 0; error && i < count; i++)
        if (options[i] == 5) strcpy(values[i], "ptxas fatal   : fake_cuda was told so");
    if (error) return error;
    Module *module = calloc(1, sizeof(Module));
    module->source = strdup(source);
    if ((error = host_compile(module))) return error;
    COUNTER("modules")++;
    *result = module;
    return OK;
}

EXPORT int cuModuleUnload(Module *module) {
    COUNTER("modules")--;
    dlclose(module->library);
    for (Function *f = module->functions, *next; f; f = next) { next = f->next; free(f); }
    free(module->source);
    free(module);
    return enter();
}

typedef struct { Module *module; Function *function; } Handle;

EXPORT int cuModuleGetFunction(Handle **result, Module *module, const char *name) {
    for (Function *f = module->functions; f; f = f->next) {
        if (!strcmp(f->name, name)) {
            *result = malloc(sizeof(Handle)); /* small, and few */
            **result = (Handle){module, f};
            return enter();
        }
    }
    return NOT_FOUND;
}

EXPORT int cuFuncGetAttribute(int *number, int what, Handle *function) {
    (void)function;
    switch (what) {
        case 0: *number = (int)SETTING("function_lanes"); break;
        case 1: *number = (int)SETTING("function_shared"); break;
        case 3: *number = (int)SETTING("function_local"); break;
        case 4: *number = (int)SETTING("function_registers"); break;
        default: return INVALID_VALUE;
    }
    return enter();
}

/* ---- launches: the lanes of a group take turns and meet at barriers ---- */

static ucontext_t scheduler, lanes[MAX_LANES];
static char *stacks;
static char ended[MAX_LANES];
static int running;
static Handle *launched;
static void **arguments;

static void barrier(void) { swapcontext(&lanes[running], &scheduler); }

static void lane(void) {
    launched->function->run(arguments);
    ended[running] = 1;
}

static void run_group(const int *shape) {
    int count = shape[3] * shape[4] * shape[5];
    launched->module->shape(shape);
    memset(ended, 0, sizeof(ended));
    for (int i = 0; i < count; i++) {
        getcontext(&lanes[i]);
        lanes[i].uc_stack.ss_sp = stacks + (size_t)i * STACK;
        lanes[i].uc_stack.ss_size = STACK;
        lanes[i].uc_link = &scheduler;
        makecontext(&lanes[i], lane, 0);
    }
    for (int left = count; left > 0;) {
        left = 0;
        for (running = 0; running < count; running++) {
            if (ended[running]) continue;
            launched->module->lane(running % shape[3], running / shape[3] % shape[4], running / shape[3] / shape[4]);
            swapcontext(&scheduler, &lanes[running]);
            left += !ended[running];
        }
    }
}

/* ---- graphs: launches with copies of their arguments ---- */

typedef struct Node { Handle *function; unsigned shape[6]; void **values; struct Node *next; } Node;
typedef struct { Node *first, *last; } Graph;

static Graph *recorded;

static int record(Handle *function, const unsigned *shape, void **values) {
    int count = function->function->parameters;
    Node *node = calloc(1, sizeof(Node));
    node->function = function;
    memcpy(node->shape, shape, sizeof(node->shape));
    node->values = malloc((size_t)count * (sizeof(void *) + sizeof(uint64_t)));
    uint64_t *copies = (uint64_t *)(node->values + count);
    for (int i = 0; i < count; i++) {
        copies[i] = *(uint64_t *)values[i];
        node->values[i] = &copies[i];
    }
    if (recorded->last) recorded->last->next = node;
    else recorded->first = node;
    recorded->last = node;
    return OK;
}

EXPORT int cuLaunchKernel(Handle *function, unsigned gx, unsigned gy, unsigned gz, unsigned lx, unsigned ly, unsigned lz, unsigned shared, void *stream,
                          void **values, void **extra) {
    int error = enter() ? enter() : (int)SETTING("launch");
    if (error) {
        if (error == ILLEGAL_ADDRESS) dead = error;
        return error;
    }
    long count = (long)lx * ly * lz;
    if (stream != &stream_marker || shared || extra || gx == 0 || gy == 0 || gz == 0 || gy > SETTING("groups_y") || gz > SETTING("groups_y")) return INVALID_VALUE;
    if (count < 1 || count > SETTING("lanes") || count > SETTING("function_lanes")) return OUT_OF_RESOURCES;
    if (capturing) return record(function, (unsigned[]){gx, gy, gz, lx, ly, lz}, values);
    COUNTER("launches")++;
    COUNTER("groups") = (long)gx * gy * gz;
    COUNTER("last_lanes") = count;
    device_ms += 0.01;
    pending = (int)SETTING("fault");
    if (pending || SETTING("hang")) return OK;
    stacks = stacks ? stacks : malloc((size_t)MAX_LANES * STACK);
    launched = function;
    arguments = values;
    *(void (**)(void))dlsym(function->module->library, "fake_barrier") = barrier;
    for (unsigned z = 0; z < gz; z++)
        for (unsigned y = 0; y < gy; y++)
            for (unsigned x = 0; x < gx; x++)
                run_group((int[]){(int)x, (int)y, (int)z, (int)lx, (int)ly, (int)lz});
    return OK;
}

EXPORT int cuStreamBeginCapture_v2(void *stream, int mode) {
    int error = enter();
    if (error) return error;
    if (stream != &stream_marker || mode < 0 || mode > 2 || capturing) return INVALID_VALUE;
    capturing = 1;
    spoilt = 0;
    recorded = calloc(1, sizeof(Graph));
    return OK;
}

EXPORT int cuGraphDestroy(Graph *graph) { (void)graph; return enter(); } /* the nodes belong to what was made of it */

EXPORT int cuStreamEndCapture(void *stream, Graph **graph) {
    if (stream != &stream_marker || !capturing) return INVALID_VALUE;
    capturing = 0;
    int error = spoilt ? CAPTURE_INVALIDATED : (int)SETTING("capture");
    *graph = error ? NULL : recorded;
    return error;
}

EXPORT int cuGraphInstantiateWithFlags(Graph **ready, Graph *graph, unsigned long long flags) {
    int error = enter() ? enter() : (int)SETTING("instantiate");
    if (error) return error;
    if (flags || !graph) return INVALID_VALUE;
    COUNTER("graphs")++;
    *ready = graph;
    return OK;
}

EXPORT int cuGraphExecDestroy(Graph *graph) {
    for (Node *node = graph->first, *next; node; node = next) { next = node->next; free(node->values); free(node); }
    free(graph);
    COUNTER("graphs")--;
    return enter();
}

EXPORT int cuGraphLaunch(Graph *graph, void *stream) {
    COUNTER("graph_launches")++;
    for (Node *node = graph->first; node; node = node->next) {
        unsigned *n = node->shape;
        int error = cuLaunchKernel(node->function, n[0], n[1], n[2], n[3], n[4], n[5], 0, stream, node->values, NULL);
        if (error) return error;
    }
    return enter();
}

/* ---- NVRTC ---- */

typedef struct { char *source, *ptx, log[1024]; } Program;

/* Heads of functions as PTX has them: what is here of a kernel's code besides its source. */
static void entries_of(const char *source, FILE *ptx) {
    for (const char *at = source; (at = strstr(at, "\nKERNEL ")); at++) {
        const char *name = strstr(at, " void ");
        const char *open = name ? strchr(name, '(') : NULL;
        const char *close = open ? strstr(open, ")\n{") : NULL;
        if (!close) break;
        int length = (int)(open - name - 6), number = 0;
        fprintf(ptx, ".visible .entry %.*s(", length, name + 6);
        for (const char *from = open + 1; from < close; number++) {
            const char *to = memchr(from, ',', (size_t)(close - from));
            to = to ? to : close;
            int is_address = memchr(from, '*', (size_t)(to - from)) != NULL;
            fprintf(ptx, "%s\n\t.param .u%d %.*s_param_%d", number ? "," : "", is_address ? 64 : 32, length, name + 6, number);
            from = to + 1;
        }
        fprintf(ptx, "\n)\n");
    }
}

EXPORT int nvrtcVersion(int *major, int *minor) {
    *major = (int)SETTING("nvrtc") / 100;
    *minor = (int)SETTING("nvrtc") % 100;
    return 0;
}

EXPORT const char *nvrtcGetErrorString(int code) {
    return code == 6 ? "NVRTC_ERROR_COMPILATION" : code == 5 ? "NVRTC_ERROR_INVALID_OPTION" : code == 7 ? "NVRTC_ERROR_BUILTIN_OPERATION_FAILURE" : "NVRTC_ERROR";
}

EXPORT int nvrtcGetNumSupportedArchs(int *count) { *count = SETTING("newest") > SETTING("oldest") ? 2 : 1; return 0; }

EXPORT int nvrtcGetSupportedArchs(int *all) {
    all[0] = (int)SETTING("oldest");
    if (SETTING("newest") > SETTING("oldest")) all[1] = (int)SETTING("newest");
    return 0;
}

EXPORT int nvrtcCreateProgram(Program **program, const char *source, const char *name, int headers, const char **texts, const char **names) {
    (void)name, (void)texts, (void)names;
    if (headers) return 3;
    *program = calloc(1, sizeof(Program));
    (*program)->source = strdup(source);
    return 0;
}

EXPORT int nvrtcDestroyProgram(Program **program) {
    free((*program)->source);
    free((*program)->ptx);
    free(*program);
    *program = NULL;
    return 0;
}

EXPORT int nvrtcCompileProgram(Program *program, int count, const char **options) {
    COUNTER("compiles")++;
    int target = 0, exact = 0;
    for (int i = 0; i < count; i++) {
        sscanf(options[i], "--gpu-architecture=compute_%d", &target);
        exact |= !strcmp(options[i], "--fmad=false");
    }
    if (!exact || (target != SETTING("oldest") && target != SETTING("newest"))) {
        snprintf(program->log, sizeof(program->log), "nvrtc: error: invalid value for --gpu-architecture (-arch)\n");
        return 5;
    }
    int error = (int)SETTING("compile");
    if (error) {
        for (int i = 1; i <= 30; i++) {
            char line[64];
            snprintf(line, sizeof(line), "kernel.cu(%d): error: told to fail\n", i);
            strcat(program->log, strlen(program->log) + strlen(line) < sizeof(program->log) ? line : "");
        }
        return error;
    }
    size_t size = 0;
    FILE *ptx = open_memstream(&program->ptx, &size);
    fprintf(ptx, "%s.target sm_%d\n", HEADER, target);
    entries_of(program->source, ptx);
    fputs(program->source, ptx);
    fclose(ptx);
    return 0;
}

EXPORT int nvrtcGetPTXSize(Program *program, size_t *size) { *size = strlen(program->ptx) + 1; return 0; }
EXPORT int nvrtcGetPTX(Program *program, char *ptx) { strcpy(ptx, program->ptx); return 0; }
EXPORT int nvrtcGetProgramLogSize(Program *program, size_t *size) { *size = strlen(program->log) + 1; return 0; }
EXPORT int nvrtcGetProgramLog(Program *program, char *log) { strcpy(log, program->log); return 0; }
