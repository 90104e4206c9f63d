using Attune.Cli.Commands;
using Attune.Cli.Models;
using Attune.Cli.Output;
using Attune.Compile.Diagnostics;
using Attune.Graph;
using Attune.Kernels;
using Attune.Measuring.Bench;
using Attune.Measuring.Peers;
using Attune.Measuring.Workers;

namespace Attune.Cli.Bench;

/// <summary>What a model is compared with, and what must be cleaned up afterwards.</summary>
internal sealed class Opponent : IAsyncDisposable
{
    private readonly IDisposable? owned;
    private readonly string? temporary;

    private Opponent(IContender contender, Func<CancellationToken, Task<PeerProcess>> fresh, IDisposable? owned, string? temporary)
    {
        Contender = contender;
        Fresh = fresh;
        this.owned = owned;
        this.temporary = temporary;
    }

    /// <summary>The opponent itself.</summary>
    public IContender Contender { get; }

    /// <summary>Starts one more process of the opponent, which loads its model anew.</summary>
    public Func<CancellationToken, Task<PeerProcess>> Fresh { get; }

    /// <summary>A process of ours that loads a model as it was loaded here.</summary>
    public static Func<CancellationToken, Task<PeerProcess>> FreshModel(string source, RunnableModel loaded)
    {
        bool open = loaded.Tuned is null && !source.StartsWith(ModelLoader.ZooPrefix, StringComparison.OrdinalIgnoreCase);
        WorkerCommand command = LoadProbeCommand.CommandLine(source, loaded.Threads, open ? ModelLoader.ShapesOf(loaded.Compiled.Inputs) : []);
        return cancellation => PeerProcess.StartAsync(command.FileName, command.Arguments, cancellation);
    }

    /// <summary>Another model of ours; shapes apply where it is an ONNX file, and where both leave them open those of our model do.</summary>
    /// <exception cref="CommandFailedException">It cannot be loaded.</exception>
    public static Opponent Model(string source, RunnableModel ours, IReadOnlyCollection<string> shapes, TimeProvider clock)
    {
        RunnableModel model = RunnableModel.Load(source, ours.Threads, shapes, like: ours.Compiled.Inputs);
        return new Opponent(new CompiledContender(model.Name, model.Compiled, clock), FreshModel(source, model), model, null);
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
            throw Missing(original is not null
                ? $"There is no ONNX file {source}."
                : $"The ONNX file that this model was made from, {source}, is neither beside it nor in this folder.");
        }

        try
        {
            Task<PeerProcess> Start(CancellationToken stop) =>
                OnnxRuntimePeer.StartAsync(exported ?? Path.GetFullPath(source), threads, ours.Compiled.Inputs, stop);
            return new Opponent(new PeerContender(await Start(cancellation)), Start, null, exported);
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
