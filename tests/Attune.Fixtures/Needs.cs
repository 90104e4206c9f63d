using System.Runtime.InteropServices;

namespace Attune.Fixtures;

/// <summary>Says of each <see cref="Need"/> whether this machine meets it.</summary>
public static class Needs
{
    /// <summary>Names under which the library of XGBoost is found.</summary>
    public static readonly IReadOnlyList<string> XgboostNames = ["libxgboost.so.0", "libxgboost.so", "libxgboost.dylib", "xgboost.dll"];

    private static readonly Lazy<bool> HasXgboost = new(() => XgboostNames.Any(name => NativeLibrary.TryLoad(name, out _)));

    /// <summary>Names under which NVRTC is found.</summary>
    public static readonly IReadOnlyList<string> NvrtcNames = ["libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so.11.2", "libnvrtc.so"];

    private static readonly Lazy<bool> HasNvrtc = new(() => NvrtcNames.Any(name => NativeLibrary.TryLoad(name, out _)));

    private static readonly Lazy<bool> HasOpenCl = new(CountsOpenClPlatforms);

    /// <summary>Path of a clang that compiles CUDA; null when there is none.</summary>
    public static string? Clang { get; } = new[] { "/usr/bin/clang-19", "/usr/bin/clang-15", "/usr/bin/clang-14" }.FirstOrDefault(File.Exists);

    /// <summary>Path of NVIDIA's assembler; null when there is none.</summary>
    public static string? Ptxas { get; } = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator)
        .Append("/usr/local/cuda/bin").Select(folder => Path.Combine(folder, "ptxas")).FirstOrDefault(File.Exists);

    /// <summary>Why tests with a need cannot run here, with what to do about it; null when they can.</summary>
    public static string? WhyNot(Need need) => need switch
    {
        Need.RecordedSpaces => Unless(TestData.RecordedSpaces.Length >= 4, "no recorded spaces (set ATTUNE_DATA)"),
        Need.AutoTvmLogs => Unless(Directory.Exists(TestData.PathOf("autotvm-logs")), "no logs of AutoTVM (set ATTUNE_DATA)"),
        Need.DeviceMeasurements => Unless(Directory.Exists(TestData.Devices), "no measurements of devices (set ATTUNE_DATA)"),
        Need.BoardTables => Unless(Directory.Exists(TestData.Board), "no recorded tables (set ATTUNE_DATA)"),
        Need.FailedModels => Unless(TestData.FailedModels.Length > 0, "no models that once failed (set ATTUNE_CASES)"),
        Need.OnnxTests => Unless(Directory.Exists(TestData.OnnxTests), $"{TestData.OnnxTests} is absent (install libonnx-testdata)"),
        Need.Xgboost => Unless(HasXgboost.Value, "libxgboost is absent (install libxgboost0)"),
        Need.OnnxRuntime => Unless(IsPeerBuilt(), "the program that drives ONNX Runtime is absent (bench/peers/install builds it)"),
        Need.Superuser => Unless(Environment.IsPrivilegedProcess, "only root can give a file away"),
        Need.FullDevice => Unless(File.Exists("/dev/full"), "there is no /dev/full"),
        Need.Linux => Unless(OperatingSystem.IsLinux(), "this is no Linux"),
        Need.TwoProcessors => Unless(Environment.ProcessorCount >= 2, "there is one processor only"),
        Need.OpenCl => Unless(HasOpenCl.Value, "no driver of OpenCL (install pocl-opencl-icd and ocl-icd-libopencl1: OpenCL on processors)"),
        Need.Clang => Unless(Clang is not null, "no clang (install clang-15, which comes with pocl-opencl-icd)"),
        Need.HostCompilers => Unless(FakeCuda.CanBeBuilt, "no compilers of C and C++ (install g++, or clang)"),
        Need.Nvrtc => Unless(HasNvrtc.Value, "no NVRTC (install Debian's libnvrtc11.2 of non-free, or a CUDA toolkit)"),
        Need.Ptxas => Unless(Ptxas is not null, "no ptxas on the PATH (install Debian's nvidia-cuda-toolkit of non-free, or a CUDA toolkit)"),
        Need.TopHub => Unless(Directory.Exists(TestData.PathOf("tophub")), "no published configurations of TVM (set ATTUNE_DATA)"),
        _ => throw new ArgumentOutOfRangeException(nameof(need), need, "No such need."),
    };

    /// <summary>The reasons of all that are not met; null when all are.</summary>
    internal static string? WhyNot(IEnumerable<Need> needs) =>
        needs.Select(WhyNot).OfType<string>().ToArray() is { Length: > 0 } reasons ? string.Join("; ", reasons) : null;

    private static string? Unless(bool met, string reason) => met ? null : reason;

    private static unsafe bool CountsOpenClPlatforms()
    {
        if (!NativeLibrary.TryLoad("libOpenCL.so.1", out nint loader) || !NativeLibrary.TryGetExport(loader, "clGetPlatformIDs", out nint entry))
        {
            return false;
        }

        uint count = 0;
        return ((delegate* unmanaged<uint, nint*, uint*, int>)entry)(0, null, &count) == 0 && count > 0;
    }

    private static bool IsPeerBuilt() =>
        Directory.Exists(Repository.PathOf("artifacts", "peers"))
        && Directory.EnumerateDirectories(Repository.PathOf("artifacts", "peers"), "onnxruntime-*").Any(peer => File.Exists(Path.Combine(peer, "complete")));
}
