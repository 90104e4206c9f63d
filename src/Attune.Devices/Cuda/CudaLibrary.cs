using System.Runtime.InteropServices;

namespace Attune.Devices.Cuda;

/// <summary>
/// The CUDA driver, and the entry points of its interface that are used, all of which version 10 has but those of graphs (11.4). It is loaded when it is first
/// asked for; without it there is none. Thread-safe, as the driver is.
/// </summary>
internal sealed unsafe class CudaLibrary
{
    private static readonly string[] Sonames = OperatingSystem.IsWindows() ? ["nvcuda.dll"] : ["libcuda.so.1", "libcuda.so", "/usr/lib/wsl/lib/libcuda.so.1"];
    private static readonly Lazy<Result<CudaLibrary, string>> Loaded = new(() => Load(Sonames));
    private readonly nint handle;

    private CudaLibrary(nint handle, string soname)
    {
        this.handle = handle;
        Soname = soname;
        Init = (delegate* unmanaged<uint, int>)Entry("cuInit");
        DriverGetVersion = (delegate* unmanaged<int*, int>)Entry("cuDriverGetVersion");
        GetErrorName = (delegate* unmanaged<int, byte**, int>)Entry("cuGetErrorName");
        GetErrorString = (delegate* unmanaged<int, byte**, int>)Entry("cuGetErrorString");
        DeviceGetCount = (delegate* unmanaged<int*, int>)Entry("cuDeviceGetCount");
        DeviceGet = (delegate* unmanaged<int*, int, int>)Entry("cuDeviceGet");
        DeviceGetName = (delegate* unmanaged<byte*, int, int, int>)Entry("cuDeviceGetName");
        DeviceGetAttribute = (delegate* unmanaged<int*, int, int, int>)Entry("cuDeviceGetAttribute");
        DeviceTotalMem = (delegate* unmanaged<nuint*, int, int>)Entry("cuDeviceTotalMem_v2");
        PrimaryContextRetain = (delegate* unmanaged<nint*, int, int>)Entry("cuDevicePrimaryCtxRetain");
        PrimaryContextRelease = (delegate* unmanaged<int, int>)Entry("cuDevicePrimaryCtxRelease_v2", "cuDevicePrimaryCtxRelease");
        ContextSetCurrent = (delegate* unmanaged<nint, int>)Entry("cuCtxSetCurrent");
        StreamCreate = (delegate* unmanaged<nint*, uint, int>)Entry("cuStreamCreate");
        StreamDestroy = (delegate* unmanaged<nint, int>)Entry("cuStreamDestroy_v2");
        StreamQuery = (delegate* unmanaged<nint, int>)Entry("cuStreamQuery");
        StreamSynchronize = (delegate* unmanaged<nint, int>)Entry("cuStreamSynchronize");
        EventCreate = (delegate* unmanaged<nint*, uint, int>)Entry("cuEventCreate");
        EventDestroy = (delegate* unmanaged<nint, int>)Entry("cuEventDestroy_v2");
        EventRecord = (delegate* unmanaged<nint, nint, int>)Entry("cuEventRecord");
        EventElapsedTime = (delegate* unmanaged<float*, nint, nint, int>)Entry("cuEventElapsedTime");
        MemAlloc = (delegate* unmanaged<ulong*, nuint, int>)Entry("cuMemAlloc_v2");
        MemFree = (delegate* unmanaged<ulong, int>)Entry("cuMemFree_v2");
        MemcpyHtoDAsync = (delegate* unmanaged<ulong, void*, nuint, nint, int>)Entry("cuMemcpyHtoDAsync_v2");
        MemcpyDtoHAsync = (delegate* unmanaged<void*, ulong, nuint, nint, int>)Entry("cuMemcpyDtoHAsync_v2");
        MemcpyDtoDAsync = (delegate* unmanaged<ulong, ulong, nuint, nint, int>)Entry("cuMemcpyDtoDAsync_v2");
        ModuleLoadDataEx = (delegate* unmanaged<nint*, void*, uint, int*, void**, int>)Entry("cuModuleLoadDataEx");
        ModuleUnload = (delegate* unmanaged<nint, int>)Entry("cuModuleUnload");
        ModuleGetFunction = (delegate* unmanaged<nint*, nint, byte*, int>)Entry("cuModuleGetFunction");
        FuncGetAttribute = (delegate* unmanaged<int*, int, nint, int>)Entry("cuFuncGetAttribute");
        LaunchKernel = (delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, int>)Entry("cuLaunchKernel");
        StreamBeginCapture = (delegate* unmanaged<nint, int, int>)EntryOrNull("cuStreamBeginCapture_v2");
        StreamEndCapture = (delegate* unmanaged<nint, nint*, int>)EntryOrNull("cuStreamEndCapture");
        GraphInstantiate = (delegate* unmanaged<nint*, nint, ulong, int>)EntryOrNull("cuGraphInstantiateWithFlags");
        GraphLaunch = (delegate* unmanaged<nint, nint, int>)EntryOrNull("cuGraphLaunch");
        GraphExecDestroy = (delegate* unmanaged<nint, int>)EntryOrNull("cuGraphExecDestroy");
        GraphDestroy = (delegate* unmanaged<nint, int>)EntryOrNull("cuGraphDestroy");
    }

    /// <summary>The driver, or where it was looked for.</summary>
    public static Result<CudaLibrary, string> Instance => Loaded.Value;

    /// <summary>Name under which it was found.</summary>
    public string Soname { get; }

    public delegate* unmanaged<uint, int> Init { get; }

    public delegate* unmanaged<int*, int> DriverGetVersion { get; }

    public delegate* unmanaged<int, byte**, int> GetErrorName { get; }

    public delegate* unmanaged<int, byte**, int> GetErrorString { get; }

    public delegate* unmanaged<int*, int> DeviceGetCount { get; }

    public delegate* unmanaged<int*, int, int> DeviceGet { get; }

    public delegate* unmanaged<byte*, int, int, int> DeviceGetName { get; }

    public delegate* unmanaged<int*, int, int, int> DeviceGetAttribute { get; }

    public delegate* unmanaged<nuint*, int, int> DeviceTotalMem { get; }

    public delegate* unmanaged<nint*, int, int> PrimaryContextRetain { get; }

    public delegate* unmanaged<int, int> PrimaryContextRelease { get; }

    public delegate* unmanaged<nint, int> ContextSetCurrent { get; }

    public delegate* unmanaged<nint*, uint, int> StreamCreate { get; }

    public delegate* unmanaged<nint, int> StreamDestroy { get; }

    public delegate* unmanaged<nint, int> StreamQuery { get; }

    public delegate* unmanaged<nint, int> StreamSynchronize { get; }

    public delegate* unmanaged<nint*, uint, int> EventCreate { get; }

    public delegate* unmanaged<nint, int> EventDestroy { get; }

    public delegate* unmanaged<nint, nint, int> EventRecord { get; }

    public delegate* unmanaged<float*, nint, nint, int> EventElapsedTime { get; }

    public delegate* unmanaged<ulong*, nuint, int> MemAlloc { get; }

    public delegate* unmanaged<ulong, int> MemFree { get; }

    public delegate* unmanaged<ulong, void*, nuint, nint, int> MemcpyHtoDAsync { get; }

    public delegate* unmanaged<void*, ulong, nuint, nint, int> MemcpyDtoHAsync { get; }

    public delegate* unmanaged<ulong, ulong, nuint, nint, int> MemcpyDtoDAsync { get; }

    public delegate* unmanaged<nint*, void*, uint, int*, void**, int> ModuleLoadDataEx { get; }

    public delegate* unmanaged<nint, int> ModuleUnload { get; }

    public delegate* unmanaged<nint*, nint, byte*, int> ModuleGetFunction { get; }

    public delegate* unmanaged<int*, int, nint, int> FuncGetAttribute { get; }

    public delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, int> LaunchKernel { get; }

    /// <summary>True when the driver records launches as graphs: it has the entry points that follow.</summary>
    public bool HasGraphs =>
        StreamBeginCapture != null && StreamEndCapture != null && GraphInstantiate != null && GraphLaunch != null && GraphExecDestroy != null
        && GraphDestroy != null;

    public delegate* unmanaged<nint, int, int> StreamBeginCapture { get; }

    public delegate* unmanaged<nint, nint*, int> StreamEndCapture { get; }

    public delegate* unmanaged<nint*, nint, ulong, int> GraphInstantiate { get; }

    public delegate* unmanaged<nint, nint, int> GraphLaunch { get; }

    public delegate* unmanaged<nint, int> GraphExecDestroy { get; }

    public delegate* unmanaged<nint, int> GraphDestroy { get; }

    /// <summary>Loads the driver.</summary>
    /// <param name="names">Names or paths under which it is looked for; the first that can be loaded is taken.</param>
    public static Result<CudaLibrary, string> Load(params IReadOnlyCollection<string> names)
    {
        string looked = $"looked for {string.Join(", ", names)}";
        foreach (string name in names)
        {
            if (NativeLibrary.TryLoad(name, out nint handle))
            {
                try
                {
                    return new CudaLibrary(handle, name);
                }
                catch (EntryPointNotFoundException missing)
                {
                    NativeLibrary.Free(handle);
                    looked = $"{name} is too old or no driver: {missing.Message}";
                }
            }
        }

        return $"no CUDA driver ({looked}); it comes with NVIDIA's display driver, in Debian's package libcuda1; a container must be given the GPU";
    }

    /// <summary>Makes sure that a call succeeded.</summary>
    /// <exception cref="CudaException">It did not.</exception>
    public void Check(int code, string call)
    {
        if (code != 0)
        {
            throw Failure(code, call);
        }
    }

    /// <summary>What a failed call means, in the driver's words.</summary>
    /// <param name="code">Its error code.</param>
    /// <param name="call">Name of the call.</param>
    /// <param name="device">The device in use; null while none is.</param>
    public CudaException Failure(int code, string call, CudaDevice? device = null)
    {
        byte* name = null;
        byte* text = null;
        bool named = GetErrorName(code, &name) == 0 && name != null;
        bool told = GetErrorString(code, &text) == 0 && text != null;
        return new CudaException(
            call,
            code,
            named ? Marshal.PtrToStringUTF8((nint)name)! : "an error without a name",
            told ? Marshal.PtrToStringUTF8((nint)text)! : string.Empty,
            device);
    }

    private void* Entry(string name) => (void*)NativeLibrary.GetExport(handle, name);

    private void* EntryOrNull(string name) => NativeLibrary.TryGetExport(handle, name, out nint entry) ? (void*)entry : null;

    private void* Entry(string name, string older) => NativeLibrary.TryGetExport(handle, name, out nint entry) ? (void*)entry : Entry(older);
}
