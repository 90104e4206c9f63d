using Attune.Cli.Models;
using Attune.Cli.Output;
using Attune.Graph;
using Attune.Kernels;

namespace Attune.Cli.Bench;

/// <summary>What a model is compared with, and what must be cleaned up afterwards.</summary>
internal sealed class Opponent : IAsyncDisposable
{
    private readonly IDisposable? owned;
    private readonly string? temporary;

    private Opponent(IContender contender, IDisposable? owned, string? temporary)
    {
        Contender = contender;
        this.owned = owned;
        this.temporary = temporary;
    }

    /// <summary>The opponent itself.</summary>
    public IContender Contender { get; }

    /// <summary>Another model of ours; shapes apply where it is an ONNX file.</summary>
    /// <exception cref="CommandFailedException">It cannot be loaded.</exception>
    public static Opponent Model(string source, int threads, IReadOnlyCollection<string> shapes, TimeProvider clock)
    {
        RunnableModel model = RunnableModel.Load(source, threads, shapes);
        return new Opponent(new CompiledContender(model.Name, model.Compiled, clock), model, null);
    }

    /// <summary>ONNX Runtime on the ONNX file that our model was made from.</summary>
    /// <param name="ours">Our model.</param>
    /// <param name="original">The ONNX file or zoo:NAME given by the user, or null to take what the model remembers.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="cancellation">Interrupts.</param>
    /// <exception cref="CommandFailedException">The peer or the ONNX file is missing.</exception>
    public static async Task<Opponent> OnnxRuntimeAsync(RunnableModel ours, string? original, int threads, CancellationToken cancellation)
    {
        string source = original ?? ours.Source ?? throw Missing("The .attune file does not say which model it was made from.");
        string? exported = null;
        if (source.StartsWith(ModelLoader.ZooPrefix, StringComparison.OrdinalIgnoreCase))
        {
            exported = Path.Combine(Path.GetTempPath(), $"attune-peer-{Environment.ProcessId}-{Guid.NewGuid():N}.onnx");
            Network network = ModelLoader.ZooNetwork(source[ModelLoader.ZooPrefix.Length..]);
            OnnxWriter.Write(network, exported);
        }
        else if (!File.Exists(source))
        {
            throw Missing($"The ONNX file that this model was made from is no longer at {source}.");
        }

        try
        {
            PeerContender contender = await OnnxRuntimePeer.StartAsync(exported ?? Path.GetFullPath(source), threads, ours.Compiled.Inputs, cancellation);
            return new Opponent(contender, null, exported);
        }
        catch
        {
            Delete(exported);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Contender.DisposeAsync();
        owned?.Dispose();
        Delete(temporary);
    }

    private static void Delete(string? path)
    {
        if (path is not null)
        {
            File.Delete(path);
        }
    }

    private static CommandFailedException Missing(string message) =>
        new(ExitCode.Usage, ErrorCodes.FileAccess, message, "Name it with --model MODEL.");
}
