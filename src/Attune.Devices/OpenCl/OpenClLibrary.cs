using System.Runtime.InteropServices;

namespace Attune.Devices.OpenCl;

/// <summary>
/// The loader of OpenCL drivers, and the entry points of version 1.2 that are used. It is loaded when it is first asked for; without it there is none.
/// Thread-safe, as OpenCL is but for the arguments of one kernel.
/// </summary>
internal sealed unsafe class OpenClLibrary
{
    private static readonly string[] Sonames = OperatingSystem.IsWindows() ? ["OpenCL.dll"]
        : OperatingSystem.IsMacOS() ? ["/System/Library/Frameworks/OpenCL.framework/OpenCL"]
        : ["libOpenCL.so.1", "libOpenCL.so", "libGLES_mali.so", "libmali.so"];

    private static readonly Lazy<OpenClLibrary?> Loaded = new(Load);
    private readonly nint handle;

    private OpenClLibrary(nint handle, string soname)
    {
        this.handle = handle;
        Soname = soname;
        GetPlatformIDs = (delegate* unmanaged<uint, nint*, uint*, int>)Entry("clGetPlatformIDs");
        GetPlatformInfo = (delegate* unmanaged<nint, uint, nuint, void*, nuint*, int>)Entry("clGetPlatformInfo");
        GetDeviceIDs = (delegate* unmanaged<nint, ulong, uint, nint*, uint*, int>)Entry("clGetDeviceIDs");
        GetDeviceInfo = (delegate* unmanaged<nint, uint, nuint, void*, nuint*, int>)Entry("clGetDeviceInfo");
        CreateContext = (delegate* unmanaged<nint*, uint, nint*, void*, void*, int*, nint>)Entry("clCreateContext");
        ReleaseContext = (delegate* unmanaged<nint, int>)Entry("clReleaseContext");
        CreateCommandQueue = (delegate* unmanaged<nint, nint, ulong, int*, nint>)Entry("clCreateCommandQueue");
        ReleaseCommandQueue = (delegate* unmanaged<nint, int>)Entry("clReleaseCommandQueue");
        CreateBuffer = (delegate* unmanaged<nint, ulong, nuint, void*, int*, nint>)Entry("clCreateBuffer");
        ReleaseMemObject = (delegate* unmanaged<nint, int>)Entry("clReleaseMemObject");
        EnqueueReadBuffer = (delegate* unmanaged<nint, nint, uint, nuint, nuint, void*, uint, nint*, nint*, int>)Entry("clEnqueueReadBuffer");
        EnqueueWriteBuffer = (delegate* unmanaged<nint, nint, uint, nuint, nuint, void*, uint, nint*, nint*, int>)Entry("clEnqueueWriteBuffer");
        EnqueueCopyBuffer = (delegate* unmanaged<nint, nint, nint, nuint, nuint, nuint, uint, nint*, nint*, int>)Entry("clEnqueueCopyBuffer");
        CreateProgramWithSource = (delegate* unmanaged<nint, uint, byte**, nuint*, int*, nint>)Entry("clCreateProgramWithSource");
        CreateProgramWithBinary = (delegate* unmanaged<nint, uint, nint*, nuint*, byte**, int*, int*, nint>)Entry("clCreateProgramWithBinary");
        BuildProgram = (delegate* unmanaged<nint, uint, nint*, byte*, void*, void*, int>)Entry("clBuildProgram");
        GetProgramBuildInfo = (delegate* unmanaged<nint, nint, uint, nuint, void*, nuint*, int>)Entry("clGetProgramBuildInfo");
        GetProgramInfo = (delegate* unmanaged<nint, uint, nuint, void*, nuint*, int>)Entry("clGetProgramInfo");
        ReleaseProgram = (delegate* unmanaged<nint, int>)Entry("clReleaseProgram");
        CreateKernel = (delegate* unmanaged<nint, byte*, int*, nint>)Entry("clCreateKernel");
        ReleaseKernel = (delegate* unmanaged<nint, int>)Entry("clReleaseKernel");
        SetKernelArg = (delegate* unmanaged<nint, uint, nuint, void*, int>)Entry("clSetKernelArg");
        GetKernelWorkGroupInfo = (delegate* unmanaged<nint, nint, uint, nuint, void*, nuint*, int>)Entry("clGetKernelWorkGroupInfo");
        EnqueueNDRangeKernel = (delegate* unmanaged<nint, nint, uint, nuint*, nuint*, nuint*, uint, nint*, nint*, int>)Entry("clEnqueueNDRangeKernel");
        Finish = (delegate* unmanaged<nint, int>)Entry("clFinish");
        EnqueueMarker = (delegate* unmanaged<nint, uint, nint*, nint*, int>)Entry("clEnqueueMarkerWithWaitList");
        GetEventProfilingInfo = (delegate* unmanaged<nint, uint, nuint, void*, nuint*, int>)Entry("clGetEventProfilingInfo");
        GetEventInfo = (delegate* unmanaged<nint, uint, nuint, void*, nuint*, int>)Entry("clGetEventInfo");
        Flush = (delegate* unmanaged<nint, int>)Entry("clFlush");
        ReleaseEvent = (delegate* unmanaged<nint, int>)Entry("clReleaseEvent");
    }

    /// <summary>The library; null where there is none.</summary>
    public static OpenClLibrary? Instance => Loaded.Value;

    /// <summary>Names under which it is looked for.</summary>
    public static IReadOnlyList<string> Names => Sonames;

    /// <summary>Name under which it was found.</summary>
    public string Soname { get; }

    public delegate* unmanaged<uint, nint*, uint*, int> GetPlatformIDs { get; }

    public delegate* unmanaged<nint, uint, nuint, void*, nuint*, int> GetPlatformInfo { get; }

    public delegate* unmanaged<nint, ulong, uint, nint*, uint*, int> GetDeviceIDs { get; }

    public delegate* unmanaged<nint, uint, nuint, void*, nuint*, int> GetDeviceInfo { get; }

    public delegate* unmanaged<nint*, uint, nint*, void*, void*, int*, nint> CreateContext { get; }

    public delegate* unmanaged<nint, int> ReleaseContext { get; }

    public delegate* unmanaged<nint, nint, ulong, int*, nint> CreateCommandQueue { get; }

    public delegate* unmanaged<nint, int> ReleaseCommandQueue { get; }

    public delegate* unmanaged<nint, ulong, nuint, void*, int*, nint> CreateBuffer { get; }

    public delegate* unmanaged<nint, int> ReleaseMemObject { get; }

    public delegate* unmanaged<nint, nint, uint, nuint, nuint, void*, uint, nint*, nint*, int> EnqueueReadBuffer { get; }

    public delegate* unmanaged<nint, nint, uint, nuint, nuint, void*, uint, nint*, nint*, int> EnqueueWriteBuffer { get; }

    public delegate* unmanaged<nint, nint, nint, nuint, nuint, nuint, uint, nint*, nint*, int> EnqueueCopyBuffer { get; }

    public delegate* unmanaged<nint, uint, byte**, nuint*, int*, nint> CreateProgramWithSource { get; }

    public delegate* unmanaged<nint, uint, nint*, nuint*, byte**, int*, int*, nint> CreateProgramWithBinary { get; }

    public delegate* unmanaged<nint, uint, nint*, byte*, void*, void*, int> BuildProgram { get; }

    public delegate* unmanaged<nint, nint, uint, nuint, void*, nuint*, int> GetProgramBuildInfo { get; }

    public delegate* unmanaged<nint, uint, nuint, void*, nuint*, int> GetProgramInfo { get; }

    public delegate* unmanaged<nint, int> ReleaseProgram { get; }

    public delegate* unmanaged<nint, byte*, int*, nint> CreateKernel { get; }

    public delegate* unmanaged<nint, int> ReleaseKernel { get; }

    public delegate* unmanaged<nint, uint, nuint, void*, int> SetKernelArg { get; }

    public delegate* unmanaged<nint, nint, uint, nuint, void*, nuint*, int> GetKernelWorkGroupInfo { get; }

    public delegate* unmanaged<nint, nint, uint, nuint*, nuint*, nuint*, uint, nint*, nint*, int> EnqueueNDRangeKernel { get; }

    public delegate* unmanaged<nint, int> Finish { get; }

    public delegate* unmanaged<nint, uint, nuint, void*, nuint*, int> GetEventProfilingInfo { get; }

    public delegate* unmanaged<nint, uint, nuint, void*, nuint*, int> GetEventInfo { get; }

    public delegate* unmanaged<nint, int> Flush { get; }

    public delegate* unmanaged<nint, int> ReleaseEvent { get; }

    public delegate* unmanaged<nint, uint, nint*, nint*, int> EnqueueMarker { get; }

    /// <summary>Makes sure that a call succeeded.</summary>
    /// <exception cref="OpenClException">It did not.</exception>
    public static void Check(int code, string call)
    {
        if (code != 0)
        {
            throw new OpenClException(call, code);
        }
    }

    private static OpenClLibrary? Load()
    {
        foreach (string soname in Sonames)
        {
            if (NativeLibrary.TryLoad(soname, out nint handle))
            {
                try
                {
                    return new OpenClLibrary(handle, soname);
                }
                catch (EntryPointNotFoundException)
                {
                    NativeLibrary.Free(handle);
                }
            }
        }

        return null;
    }

    private void* Entry(string name) => (void*)NativeLibrary.GetExport(handle, name);
}
