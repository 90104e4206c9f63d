using System.Collections.Concurrent;
using Attune.Cohort.Live;
using Attune.Devices;

namespace Attune.Cohort.Tests.Live;

/// <summary>A network whose stages do what a test says.</summary>
internal sealed class ScriptedNetwork(int stages, Action<int>? act = null) : IStagedNetwork
{
    public ConcurrentQueue<(int Stage, int Variant, int Threads)> Runs { get; } = new();

    public bool IsDisposed { get; private set; }

    public int Stages => stages;

    public int MaxThreads => 64;

    private float carried;

    public void Begin(ReadOnlySpan<float> input) => carried = input.IsEmpty ? 0 : input[0];

    public void Run(int stage, int variant, ThreadTeam team, int threads)
    {
        Runs.Enqueue((stage, variant, threads));
        act?.Invoke(stage);
        carried++;
    }

    public void Finish(Span<float> output)
    {
        if (!output.IsEmpty)
        {
            output[0] = carried;
        }
    }

    public void Dispose() => IsDisposed = true;
}
