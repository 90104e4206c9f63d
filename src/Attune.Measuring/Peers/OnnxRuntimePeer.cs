using Attune.Devices;
using Attune.Kernels;

namespace Attune.Measuring.Peers;

/// <summary>
/// Finds and starts ONNX Runtime, which lives outside this program: bench/peers/install of a checkout builds the small program that drives it, and beside an
/// installed tool it is a tool package itself. Stateless.
/// </summary>
public static class OnnxRuntimePeer
{
    private const string ProgramName = "onnxruntime-peer.dll";
    private const string ToolName = "attune-onnxruntime";

    /// <summary>Path of the newest program that drives the library; null when none was built or installed.</summary>
    public static string? FindProgram() => FindBuilt() ?? FindTool(AppContext.BaseDirectory, Environment.GetEnvironmentVariable("PATH"));

    /// <summary>Starts the peer on a model.</summary>
    /// <param name="model">An ONNX file.</param>
    /// <param name="threads">Threads of an inference, at least 1.</param>
    /// <param name="inputs">The model's inputs, whose shapes it takes where the file leaves them open.</param>
    /// <param name="cancellation">Gives up and ends the process.</param>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public static async Task<Result<PeerProcess, PeerError>> StartAsync(
        string model, int threads, IEnumerable<NetworkValue> inputs, CancellationToken cancellation)
    {
        if (FindProgram() is not { } program)
        {
            return new PeerMissing();
        }

        try
        {
            string[] arguments = [model, $"{threads}", .. inputs.Select(input => $"{input.Name}={input.Type.Shape}")];
            return await PeerProcess.StartAsync(program, arguments, cancellation);
        }
        catch (PeerFailedException failed)
        {
            return new PeerRefused(model, failed.Message);
        }
    }

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
}
