using Attune.Cli.Output;
using Attune.Kernels;
using Attune.Measuring.Peers;

namespace Attune.Cli.Bench;

/// <summary>Finds and starts ONNX Runtime, which lives outside this program: bench/peers/install of the checkout builds the small program that drives it.</summary>
internal static class OnnxRuntimePeer
{
    private const string ProgramName = "onnxruntime-peer.dll";

    /// <summary>Whether a comparison with it can be recommended: the program is there, or is built when asked for.</summary>
    public static bool IsOffered => PrintedCommand.IsFromCheckout || FindProgram() is not null;

    /// <summary>Path of the newest program that drives the library; null when none was built, or this Attune does not come from a checkout.</summary>
    public static string? FindProgram()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string peers = Path.Combine(folder.FullName, "artifacts", "peers");
            if (Directory.Exists(peers))
            {
                return new DirectoryInfo(peers).EnumerateDirectories("onnxruntime-*")
                    .Where(peer => File.Exists(Path.Combine(peer.FullName, "complete")))
                    .OrderByDescending(peer => peer.LastWriteTimeUtc)
                    .Select(peer => Path.Combine(peer.FullName, ProgramName))
                    .FirstOrDefault();
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
            PrintedCommand.IsFromCheckout
                ? "The program that drives ONNX Runtime could not be built."
                : "This installation of Attune has no program that drives ONNX Runtime; only a checkout of its sources builds one.",
            PrintedCommand.IsFromCheckout
                ? "Run bench/peers/install of the checkout to see why."
                : "Compare with another model instead, for example the original one, untuned: attune bench FILE --against MODEL");
        try
        {
            string[] arguments = [model, $"{threads}", .. inputs.Select(input => $"{input.Name}={input.Type.Shape}")];
            return await PeerProcess.StartAsync(program, arguments, cancellation);
        }
        catch (PeerFailedException failed)
        {
            throw new CommandFailedException(ExitCode.Device, ErrorCodes.PeerFailed, $"ONNX Runtime failed on {model}: {failed.Message}", "Compare with another peer, or without --against.");
        }
    }
}
