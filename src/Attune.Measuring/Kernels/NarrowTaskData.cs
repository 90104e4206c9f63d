using Attune.Kernels;
using Attune.Kernels.Backends;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;

namespace Attune.Measuring.Kernels;

/// <summary>What data of tasks on elements narrower than floats have in common: memory between guards, and weights that stay as they are.</summary>
internal abstract unsafe class NarrowTaskData : ITaskData
{
    private readonly NarrowWorkload workload;
    private ulong inputPrint;
    private ulong biasPrint;
    private ProbeKind? probe;

    /// <summary>Allocates memory and draws the weights.</summary>
    /// <param name="backend">The device.</param>
    /// <param name="workload">The task.</param>
    protected NarrowTaskData(IBackend backend, NarrowWorkload workload)
    {
        this.workload = workload;
        Target = TaskData.TargetOf(backend, workload);
        Space = KernelTemplates.CreateSpace(workload, Target);
        Signature = KernelTemplates.CanonicalSignature(workload, Epilogue.Typical);
        Weights = new TaskWeights(backend, workload, TaskReference.PeriodOf(workload), new Random(20_261_130));
        Input = new GuardedFloats(backend, FloatsOf(workload.Batch * Signature.Input.Batch, workload.ElementBytes));
        Bias = new GuardedFloats(backend, WeightPacking.BiasCount(workload));
        int size = workload.OutputElement == DataType.Float32 ? sizeof(float) : workload.ElementBytes;
        OutputCount = FloatsOf(workload.Batch * Signature.Output.Batch, size);
    }

    /// <inheritdoc/>
    public WeightedWorkload Workload => workload;

    /// <inheritdoc/>
    public KernelTarget Target { get; }

    /// <inheritdoc/>
    public Space Space { get; }

    /// <inheritdoc/>
    public KernelSignature Signature { get; }

    /// <inheritdoc/>
    public GuardedFloats Input { get; }

    /// <inheritdoc/>
    public GuardedFloats Bias { get; }

    /// <inheritdoc/>
    public long OutputCount { get; }

    /// <inheritdoc/>
    public virtual long Bytes => Weights.Bytes + (Input.Count * sizeof(float));

    /// <summary>The weights.</summary>
    protected TaskWeights Weights { get; }

    /// <inheritdoc/>
    public WeightCopies Pack(Configuration configuration, long footprint) => Weights.Pack(configuration, footprint);

    /// <inheritdoc/>
    public void Settle()
    {
        if (probe != ProbeKind.Ordinary)
        {
            Renew(ProbeKind.Ordinary, 0);
        }
    }

    /// <inheritdoc/>
    public void Renew(ProbeKind kind, int seed)
    {
        probe = kind;
        Draw(kind, seed);
        Input.Upload();
        Bias.Upload();
        inputPrint = Input.Fingerprint();
        biasPrint = Bias.Fingerprint();
    }

    /// <inheritdoc/>
    public abstract double Error(GuardedFloats output);

    /// <inheritdoc/>
    public string? Damage(bool contents, bool large) =>
        !Input.IsIntact || !Bias.IsIntact || !Weights.IsIntact ? "wrote outside its output"
        : contents && (Input.Fingerprint() != inputPrint || Bias.Fingerprint() != biasPrint) ? "wrote into its input"
        : large && !Weights.IsUnchanged ? "wrote into its weights"
        : null;

    /// <inheritdoc/>
    public void Restore()
    {
        Input.Arm();
        Bias.Arm();
        Weights.Forget();
        probe = null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Weights.Dispose();
        Bias.Dispose();
        Input.Dispose();
    }

    /// <summary>Lays out another input and other biases, and works out what to expect.</summary>
    /// <param name="kind">What the input is to be like.</param>
    /// <param name="seed">Decides the rest.</param>
    protected abstract void Draw(ProbeKind kind, int seed);

    /// <summary>Where a row of a channel begins.</summary>
    protected long OffsetOf(ActivationView view, int n, int c, int h) =>
        view.Origin + (n * view.Batch) + (c / workload.Lanes * view.Block) + (c % workload.Lanes * view.Lane) + (h * view.Row);

    private static long FloatsOf(long elements, int size) => ((elements * size) + sizeof(float) - 1) / sizeof(float);
}
