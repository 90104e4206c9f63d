using Attune.Cli.Output;
using Attune.Kernels;
using Attune.Measuring.Peers;

namespace Attune.Cli.Bench;

/// <summary>Finds and starts ONNX Runtime, which lives outside this program: bench/peers/install fetches its library, the build makes the small program that drives it.</summary>
internal static class OnnxRuntimePeer
{
    private const string LibraryName = "libonnxruntime.so.1";

    /// <summary>Path of the newest installed library, or null. ATTUNE_ONNXRUNTIME names another one.</summary>
    public static string? FindLibrary()
    {
        if (Environment.GetEnvironmentVariable("ATTUNE_ONNXRUNTIME") is { Length: > 0 } given)
        {
            return File.Exists(given) ? given : null;
        }

        string cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } home
            ? home
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        string peers = Environment.GetEnvironmentVariable("ATTUNE_PEERS") is { Length: > 0 } folder ? folder : Path.Combine(cache, "attune", "peers");
        return !Directory.Exists(peers)
            ? null
            : Directory.EnumerateDirectories(peers, "onnxruntime-*")
                .Select(candidate => Path.Combine(candidate, LibraryName))
                .Where(File.Exists)
                .OrderDescending(StringComparer.Ordinal)
                .FirstOrDefault();
    }

    /// <summary>Whether a comparison with it can be recommended: its driver is part of this installation, and its library is there or is fetched when asked for.</summary>
    public static bool IsOffered => FindProgram() is not null && (PrintedCommand.IsFromCheckout || FindLibrary() is not null);

    /// <summary>Path of the program that drives the library, or null when this Attune was not built from a checkout.</summary>
    public static string? FindProgram()
    {
        const string file = "onnxruntime-peer.dll";
        string built = Path.Combine(AppContext.BaseDirectory, "peers", "onnxruntime", file);
        if (File.Exists(built))
        {
            return built;
        }

        // A development build: the peer's own output lies beside ours in the checkout.
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string output = Path.Combine(folder.FullName, "bench", "peers", "onnxruntime", "bin");
            if (Directory.Exists(output))
            {
                return Directory.EnumerateFiles(output, file, SearchOption.AllDirectories).FirstOrDefault();
            }
        }

        return null;
    }

    /// <summary>Starts the peer on a model.</summary>
    /// <exception cref="CommandFailedException">It is missing (AT4002) or refuses the model (AT4003).</exception>
    public static async Task<PeerProcess> StartAsync(string model, int threads, IEnumerable<NetworkValue> inputs, CancellationToken cancellation)
    {
        string program = FindProgram() ?? throw new CommandFailedException(
            ExitCode.Device,
            ErrorCodes.MissingPeer,
            "This installation of Attune has no program that drives ONNX Runtime; only a checkout of its sources has one.",
            "Compare with another model instead, for example the original one, untuned: attune bench FILE --against MODEL");
        string library = FindLibrary() ?? throw new CommandFailedException(
            ExitCode.Device,
            ErrorCodes.MissingPeer,
            "ONNX Runtime is not installed, and could not be fetched from npm.",
            "Run bench/peers/install of the checkout to see why, or set ATTUNE_ONNXRUNTIME to the path of libonnxruntime.so.");
        try
        {
            string[] arguments = [library, model, $"{threads}", .. inputs.Select(input => $"{input.Name}={input.Type.Shape}")];
            return await PeerProcess.StartAsync(program, arguments, cancellation);
        }
        catch (PeerFailedException failed)
        {
            throw new CommandFailedException(ExitCode.Device, ErrorCodes.PeerFailed, $"ONNX Runtime failed on {model}: {failed.Message}", "Compare with another peer, or without --against.");
        }
    }
}
