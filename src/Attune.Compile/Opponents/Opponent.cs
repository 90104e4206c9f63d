using Attune.Compile.Diagnostics;
using Attune.Compile.Models;
using Attune.Devices;
using Attune.Graph;
using Attune.Measuring.Bench;
using Attune.Measuring.Peers;

namespace Attune.Compile.Opponents;

/// <summary>What a model is compared with. Dispose ends its process and deletes what was written for it.</summary>
public sealed class Opponent : IAsyncDisposable
{
    private readonly IDisposable? owned;
    private readonly string? temporary;

    private Opponent(
        IContender contender, Func<CancellationToken, Task<Result<PeerProcess, PeerError>>> fresh, IDisposable? owned, string? temporary)
    {
        Contender = contender;
        Fresh = fresh;
        this.owned = owned;
        this.temporary = temporary;
    }

    /// <summary>The opponent itself.</summary>
    public IContender Contender { get; }

    /// <summary>Starts one more process of the opponent, which loads its model anew.</summary>
    public Func<CancellationToken, Task<Result<PeerProcess, PeerError>>> Fresh { get; }

    /// <summary>Another model of ours.</summary>
    /// <param name="model">The model; owned from now on.</param>
    /// <param name="fresh">Starts a process that loads it anew.</param>
    /// <param name="clock">Time.</param>
    public static Opponent Of(RunnableModel model, Func<CancellationToken, Task<Result<PeerProcess, PeerError>>> fresh, TimeProvider clock) =>
        new(new CompiledContender(model.Name, model.Compiled, clock), fresh, model, null);

    /// <summary>ONNX Runtime on the ONNX file that our model was made from; why that cannot be otherwise.</summary>
    /// <param name="ours">Our model.</param>
    /// <param name="original">The ONNX file or zoo:NAME given by the user, or null to take what the model remembers.</param>
    /// <param name="cancellation">Interrupts.</param>
    public static async Task<Result<Opponent, OpponentError>> OnnxRuntimeAsync(RunnableModel ours, string? original, CancellationToken cancellation)
    {
        if ((original ?? ours.Source) is not { } source)
        {
            return new OriginalUnknown();
        }

        string? exported = null;
        if (ModelSource.IsZoo(source))
        {
            Result<LoadedModel, ModelLoadError> loaded = ModelSource.Load(source, []);
            if (!loaded.Succeeded)
            {
                return new OpponentUnloadable(loaded.Error);
            }

            exported = Path.Combine(Path.GetTempPath(), $"attune-peer-{Environment.ProcessId}-{Guid.NewGuid():N}.onnx");
            OnnxWriter.Write(loaded.Value.Network, exported);
        }
        else if (!File.Exists(source))
        {
            return new OriginalMissing(source, WasNamed: original is not null);
        }

        bool isOwned = false;
        try
        {
            Task<Result<PeerProcess, PeerError>> Start(CancellationToken stop) =>
                OnnxRuntimePeer.StartAsync(exported ?? Path.GetFullPath(source), ours.Threads, ours.Compiled.Inputs, stop);
            Result<PeerProcess, PeerError> started = await Start(cancellation);
            if (!started.Succeeded)
            {
                return new PeerUnavailable(started.Error);
            }

            isOwned = true;
            return new Opponent(new PeerContender(started.Value), Start, null, exported);
        }
        finally
        {
            if (!isOwned)
            {
                Delete(exported);
            }
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
}
