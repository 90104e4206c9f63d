using Attune.Cli.Output;
using Attune.Kernels;
using Attune.Measuring.Peers;

namespace Attune.Cli.Bench;

/// <summary>
/// Finds and starts ONNX Runtime, which lives outside this program: bench/peers/install of a checkout builds the small program that drives it, and beside an
/// installed tool it is a tool package itself.
/// </summary>
internal static class OnnxRuntimePeer
{
    /// <summary>What installs it beside a tool.</summary>
    public const string InstallCommand = "dotnet tool install --global Attune.Peers.OnnxRuntime";

    private const string ProgramName = "onnxruntime-peer.dll";
    private const string ToolName = "attune-onnxruntime";

    /// <summary>Whether a comparison with it can be recommended: the program is there, or is built when asked for.</summary>
    public static bool IsOffered => PrintedCommand.IsFromCheckout || FindProgram() is not null;

    /// <summary>Path of the newest program that drives the library; null when none was built or installed.</summary>
    public static string? FindProgram() => FindBuilt() ?? FindTool(AppContext.BaseDirectory, Environment.GetEnvironmentVariable("PATH"));

    /// <summary>
    /// The peer as an installed tool: beside this one, which lies in a folder deep below where tools are started from, or wherever the shell finds it.
    /// </summary>
    /// <param name="own">Folder of this program.</param>
    /// <param name="path">Folders in which the shell looks.</param>
    internal static string? FindTool(string own, string? path)
    {
        var folders = new List<string>();
        for (DirectoryInfo? folder = new(own); folder is not null; folder = folder.Parent)
        {
            folders.Add(folder.FullName);
        }

        folders.AddRange((path ?? string.Empty).Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries));
        return folders.Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? ToolName + ".exe" : ToolName)).FirstOrDefault(File.Exists);
    }

    private static string? FindBuilt()
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
                : "ONNX Runtime is not installed beside this tool; it is a package of its own.",
            PrintedCommand.IsFromCheckout
                ? "Run bench/peers/install of the checkout to see why."
                : $"Install it: {InstallCommand}");
        try
        {
            string[] arguments = [model, $"{threads}", .. inputs.Select(input => $"{input.Name}={input.Type.Shape}")];
            return await PeerProcess.StartAsync(program, arguments, cancellation);
        }
        catch (PeerFailedException failed)
        {
            throw new CommandFailedException(
                ExitCode.Device,
                ErrorCodes.PeerFailed,
                $"ONNX Runtime failed on {model}: {failed.Message}",
                "Compare with another peer, or without --against.");
        }
    }
}
