using System.Collections.Immutable;
using Attune.Kernels.Backends;

namespace Attune.Measuring.Kernels;

/// <summary>
/// A compiled kernel on its task's data. Weights are rotated among copies, so that they come from where they come from inside a model, the outer caches
/// or memory, and not from the innermost cache, where a repeated measurement would leave them.
/// </summary>
internal sealed class KernelCandidate : ICandidate
{
    // Reading more after every candidate would cost as much as timing it.
    private const long SmallWeights = 8L << 20;
    private readonly IDeviceKernel kernel;
    private readonly ILaunch launch;
    private readonly ITaskData data;
    private readonly GuardedFloats output;
    private readonly GuardedFloats shared;
    private readonly GuardedFloats[] scratch;
    private readonly bool smallWeights;
    private readonly int identity;

    /// <summary>Puts a kernel on data.</summary>
    /// <param name="backend">The device.</param>
    /// <param name="kernel">The kernel; the candidate disposes of it.</param>
    /// <param name="data">The task's data.</param>
    /// <param name="weights">Weights packed for the kernel.</param>
    /// <param name="threads">Threads to run on.</param>
    /// <param name="identity">Tells candidates apart: they draw different inputs.</param>
    public KernelCandidate(IBackend backend, IDeviceKernel kernel, ITaskData data, WeightCopies weights, int threads, int identity)
    {
        this.kernel = kernel;
        this.data = data;
        this.identity = identity;
        data.Settle();
        output = new GuardedFloats(backend, data.OutputCount);
        shared = new GuardedFloats(backend, kernel.SharedFloats);
        scratch = [.. Enumerable.Range(0, threads).Select(_ => new GuardedFloats(backend, kernel.ScratchFloats))];
        smallWeights = weights.Memory.Count * sizeof(float) <= SmallWeights;
        ImmutableArray<DeviceRegion> own = [.. scratch.Select(one => one.Region(0))];
        launch = backend.Prepare(
            kernel,
            [
                .. Enumerable.Range(0, weights.Count).Select(copy => new KernelArguments(
                    [data.Input.Region(0), weights.Memory.Region(copy * weights.Stride), data.Bias.Region(0), default, output.Region(0)], shared.Region(0),
                    own)),
            ],
            threads);
    }

    public double Run(int times) => launch.Run(times);

    public void Renew(long number)
    {
        // Every eighth is one like those that are timed; between them come the other kinds, each candidate beginning with another.
        int seed = unchecked((identity * 7919) ^ (int)(number * 0x9E3779B1));
        long kind = number % ProbeInput.Kinds == 0 ? 0 : 1 + ((number + (uint)identity) % (ProbeInput.Kinds - 1));
        data.Renew((ProbeKind)kind, seed);
    }

    public Verdict Check()
    {
        output.Poison();
        output.Upload();
        Run(1);
        return Compare(contents: false, large: false);
    }

    public Verdict Inspect(bool thorough) => Compare(contents: true, large: thorough || smallWeights);

    public void Dispose()
    {
        launch.Dispose();
        output.Dispose();
        shared.Dispose();
        foreach (GuardedFloats own in scratch)
        {
            own.Dispose();
        }

        kernel.Dispose();
    }

    private Verdict Compare(bool contents, bool large)
    {
        output.Download();
        double error = data.Error(output);
        string? fault = !output.IsIntact || !shared.IsIntact || !Array.TrueForAll(scratch, own => own.IsIntact)
            ? "wrote outside its output"
            : data.Damage(contents, large);
        var verdict = new Verdict(error, fault);
        if (!verdict.IsCorrect)
        {
            data.Restore();
        }

        return verdict;
    }
}
