using System.Collections.Immutable;
using System.Globalization;

namespace Attune.Devices.Cuda;

/// <summary>The NVRTC that suits a device and its driver, and the architecture for which it compiles: the newest that it knows and the device runs.</summary>
internal sealed class CudaCompiler
{
    /// <summary>
    /// Fused products and sums are those that the text asks for; square roots and quotients are exact and small numbers stay, which are NVRTC's defaults.
    /// </summary>
    public const string ExactSums = "--fmad=false";

    private readonly NvrtcLibrary library;
    private readonly ImmutableArray<string> options;

    private CudaCompiler(NvrtcLibrary library, int architecture)
    {
        this.library = library;
        Architecture = architecture;
        options = [string.Create(CultureInfo.InvariantCulture, $"--gpu-architecture=compute_{architecture}"), ExactSums];
    }

    /// <summary>Version of NVRTC.</summary>
    public Version Version => library.Version;

    /// <summary>Name under which it was found.</summary>
    public string Soname => library.Soname;

    /// <summary>What it compiles for: 61, 87, 90.</summary>
    public int Architecture { get; }

    /// <summary>The same in words: "compute capability 8.7".</summary>
    public string Target => $"compute capability {InWords(Architecture)}";

    /// <summary>Everything but a program's text that decides what comes out, in one line.</summary>
    public string Identity => $"NVRTC {Version} {string.Join(' ', options)}";

    /// <summary>Finds the compiler for a device, or says what is missing.</summary>
    public static Result<CudaCompiler, string> For(CudaDevice device) => For(device, NvrtcLibrary.Names);

    /// <summary>Finds the compiler for a device, or says what is missing.</summary>
    /// <param name="device">The device.</param>
    /// <param name="names">Names and paths under which NVRTC is looked for, the preferred first.</param>
    public static Result<CudaCompiler, string> For(CudaDevice device, IReadOnlyCollection<string> names)
    {
        string? unfit = null;
        foreach (NvrtcLibrary found in names.Select(NvrtcLibrary.Load).OfType<NvrtcLibrary>())
        {
            int architecture = found.Architectures.LastOrDefault(known => known <= device.Architecture);
            string? reason = found.Version > device.Driver
                ? $"NVRTC {found.Version} ({found.Soname}) is newer than the driver, which runs programs of CUDA {device.Driver} and older"
                : architecture == 0
                    ? $"NVRTC {found.Version} ({found.Soname}) compiles for compute capability {InWords(found.Architectures.FirstOrDefault())} and newer; "
                        + $"{device.Name} has compute capability {device.Capability}"
                    : null;
            if (reason is null)
            {
                return new CudaCompiler(found, architecture);
            }

            unfit ??= reason;
        }

        return unfit is not null
            ? $"{unfit}; install an NVRTC that fits, of CUDA {device.Driver} or older"
            : $"no NVRTC, the compiler for {device.Name} (looked for {string.Join(", ", names)}); it comes with the CUDA toolkit, for example in Debian's "
                + $"libnvrtc11.2; one of CUDA {device.Driver} or older is needed";
    }

    /// <summary>Compiles a program to PTX; what the compiler says when it does not compile.</summary>
    /// <param name="source">Its text.</param>
    public Result<byte[], string> Compile(string source) => library.Compile(source, options);

    /// <summary>A compute capability as people write it: "8.7".</summary>
    public static string InWords(int architecture) => string.Create(CultureInfo.InvariantCulture, $"{architecture / 10}.{architecture % 10}");
}
