using Attune.Kernels;
using Attune.Kernels.Backends;
using Attune.Kernels.Spaces;
using Attune.Kernels.Templates;

namespace Attune.Measuring.Kernels;

/// <summary>
/// Weights of a task. Output channels repeat a few distinct sets of weights with a prime period, so that the reference kernel computes only one period.
/// Whenever weights are packed anew, channels take other sets and other factors: kernels see other weights at no cost but that of writing them. Weights stored
/// narrowly stay as they are.
/// </summary>
internal sealed unsafe class TaskWeights : IDisposable
{
    private const int MaxCopies = 64;
    private static readonly float[] Factors = [-2, -1, -0.5f, 0.5f, 1, 2];
    private readonly IBackend backend;
    private readonly WeightedWorkload workload;
    private readonly ConvolutionWorkload last;
    private readonly Random random;
    private readonly float[] weights;
    private readonly StoredWeights? stored;
    private GuardedFloats? packed;
    private WeightCopies? copies;
    private string packedForm = string.Empty;
    private ulong fingerprint;
    private int shift;

    /// <summary>Draws the weights.</summary>
    /// <param name="backend">The device that reads them.</param>
    /// <param name="workload">The task.</param>
    /// <param name="period">Distinct output channels.</param>
    /// <param name="random">Source of the values.</param>
    public TaskWeights(IBackend backend, WeightedWorkload workload, int period, Random random)
    {
        this.backend = backend;
        this.workload = workload;
        this.random = random;
        Period = period;
        last = workload.Exit;
        Before = workload is PairWorkload pair ? Draw(pair.First.WeightCount) : [];
        Distinct = Draw(last.WeightCount / last.OutChannels * period);
        ChannelFactors = new float[last.OutChannels];
        Array.Fill(ChannelFactors, 1);
        if (workload.Weights != WeightFormat.F32)
        {
            // The result is compared with what the rounded weights give: the gate looks for wrong kernels, not for the rounding that was asked for.
            stored = StoredWeights.Convert(Repeated(workload.WeightCount), last.OutChannels, channelsLast: false, workload.Weights).Value!;
            Distinct = stored.Widen()[..Distinct.Length];
        }

        weights = stored is null ? [.. Before, .. new float[last.WeightCount]] : [];
    }

    /// <summary>Weights of the first operator of a pair, else empty.</summary>
    public float[] Before { get; }

    /// <summary>The distinct sets, one after the other.</summary>
    public float[] Distinct { get; }

    /// <summary>Number of distinct sets.</summary>
    public int Period { get; }

    /// <summary>All weights as they are stored, when they are stored narrowly.</summary>
    public StoredWeights? Stored => stored;

    /// <summary>What every output channel's set is multiplied by now.</summary>
    public float[] ChannelFactors { get; }

    /// <summary>Goes up whenever channels take other sets or factors.</summary>
    public int Version { get; private set; }

    /// <summary>False when somebody wrote around the packed weights.</summary>
    public bool IsIntact => packed is null || packed.IsIntact;

    /// <summary>False when somebody wrote into the packed weights. Reads all of them.</summary>
    public bool IsUnchanged => packed is null || packed.Fingerprint() == fingerprint;

    /// <summary>Bytes held.</summary>
    public long Bytes => (stored is null ? 0 : workload.WeightBytes) + (sizeof(float) * (weights.LongLength + (packed?.Count ?? 0)));

    /// <summary>The set that an output channel has now.</summary>
    public int SetOf(int channel) => (channel + shift) % Period;

    /// <summary>
    /// Weights packed for a configuration, in several copies when they are smaller than the footprint. Kept for the next candidate of the same form,
    /// since packing is what large layers would wait for.
    /// </summary>
    /// <param name="configuration">Configuration whose kernel reads them.</param>
    /// <param name="footprint">Bytes that the copies together should take.</param>
    public WeightCopies Pack(Configuration configuration, long footprint)
    {
        string form = WeightPacking.FormOf(workload, configuration);
        if (copies is not null && form == packedForm)
        {
            return copies;
        }

        long count = (WeightPacking.PackedCount(workload, configuration) + 15) / 16 * 16;
        int number = (int)Math.Clamp(footprint / (count * sizeof(float)), 1, MaxCopies);
        if (packed?.Count != count * number)
        {
            packed?.Dispose();
            packed = new GuardedFloats(backend, count * number);
        }

        if (stored is null)
        {
            Vary();
            WeightPacking.Pack(workload, configuration, weights, reductionMajor: false, packed.Address, Environment.ProcessorCount);
        }
        else
        {
            WeightPacking.Pack(workload, configuration, stored, packed.Address, Environment.ProcessorCount);
        }

        for (int copy = 1; copy < number; copy++)
        {
            Buffer.MemoryCopy(packed.Address, packed.Address + (copy * count), count * sizeof(float), count * sizeof(float));
        }

        packed.Upload();
        copies = new WeightCopies(packed, count, number);
        packedForm = form;
        fingerprint = packed.Fingerprint();
        return copies;
    }

    /// <summary>Has the weights packed again before the next use: somebody may have written into them.</summary>
    public void Forget()
    {
        packed?.Arm();
        packedForm = string.Empty;
    }

    /// <inheritdoc/>
    public void Dispose() => packed?.Dispose();

    private void Vary()
    {
        // In a grouped convolution a channel's set belongs to its own inputs.
        shift = last.Groups == 1 ? random.Next(Period) : 0;
        for (int channel = 0; channel < ChannelFactors.Length; channel++)
        {
            ChannelFactors[channel] = Factors[random.Next(Factors.Length)];
        }

        Version++;
        int depth = (int)(last.WeightCount / last.OutChannels);
        Parallel.For(0, last.OutChannels, channel =>
        {
            ReadOnlySpan<float> set = Distinct.AsSpan(SetOf(channel) * depth, depth);
            Span<float> target = weights.AsSpan(Before.Length + (channel * depth), depth);
            float factor = ChannelFactors[channel];
            for (int i = 0; i < target.Length; i++)
            {
                target[i] = set[i] * factor;
            }
        });
    }

    private float[] Draw(long count)
    {
        var data = new float[count];
        for (long i = 0; i < count; i++)
        {
            data[i] = (random.NextSingle() * 2) - 1;
        }

        return data;
    }

    private float[] Repeated(long count)
    {
        var data = new float[count];
        for (long at = 0; at < count; at += Distinct.Length)
        {
            Array.Copy(Distinct, 0, data, at, Math.Min(Distinct.Length, count - at));
        }

        return data;
    }
}
