using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Passes;
using Attune.Runtime;

namespace Attune.Compile.Quantisation.Session;

/// <summary>Runs a network of floats once on samples, and then others, compiled, to see how far they are off.</summary>
internal sealed class CostMeasurement
{
    private static readonly ImmutableDictionary<string, IReadOnlyDictionary<string, string>> NoConfigurations =
        ImmutableDictionary<string, IReadOnlyDictionary<string, string>>.Empty;

    private readonly IReadOnlyList<IReadOnlyDictionary<string, Tensor>> samples;
    private readonly ImmutableArray<int> labels;
    private readonly int threads;
    private readonly ImmutableArray<string> outputs;
    private readonly bool answers;
    private readonly List<IReadOnlyDictionary<string, Tensor>> expected = [];

    /// <summary>Runs the network of floats.</summary>
    /// <param name="network">The network.</param>
    /// <param name="samples">Its inputs, at least one.</param>
    /// <param name="labels">Right answers on them; empty for none.</param>
    /// <param name="threads">Threads to run on.</param>
    /// <param name="ran">Called after every run.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public CostMeasurement(
        Network network,
        IReadOnlyList<IReadOnlyDictionary<string, Tensor>> samples,
        ImmutableArray<int> labels,
        int threads,
        Action ran,
        CancellationToken cancellation)
    {
        (this.samples, this.labels, this.threads) = (samples, labels, threads);
        outputs = [.. network.Outputs.Select(output => output.Name)];
        answers = Answers.CountOf(network.Outputs[0].Type) is not null;
        Run(network, (_, results) => expected.Add(results), ran, cancellation);
    }

    /// <summary>Runs of one measurement.</summary>
    public int Runs => samples.Count;

    /// <summary>Runs another network of the same inputs and outputs.</summary>
    /// <param name="network">The network.</param>
    /// <param name="ran">Called after every run.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <param name="also">Does something else with the compiled network afterwards, given a sample; null for nothing.</param>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public QuantisationCost Of(
        Network network, Action ran, CancellationToken cancellation, Action<CompiledModel, IReadOnlyDictionary<string, Tensor>>? also = null)
    {
        var differences = new double[outputs.Length];
        var sizes = new double[outputs.Length];
        int count = 0;
        int agreeing = 0;
        int rightBefore = 0;
        int right = 0;
        Run(network, (sample, results) =>
        {
            for (int i = 0; i < outputs.Length; i++)
            {
                double[] wanted = Numbers(expected[sample][outputs[i]]);
                double[] got = Numbers(results[outputs[i]]);
                foreach ((double one, double other) in wanted.Zip(got).Where(pair => IsCounted(pair.First, pair.Second)))
                {
                    sizes[i] += one * one;
                    differences[i] += one.Equals(other) ? 0 : (one - other) * (one - other);
                }
            }

            if (!answers)
            {
                return;
            }

            int[] before = Answers.Of(expected[sample][outputs[0]]);
            int[] after = Answers.Of(results[outputs[0]]);
            for (int i = 0; i < before.Length; i++)
            {
                agreeing += before[i] == after[i] ? 1 : 0;
                rightBefore += !labels.IsEmpty && labels[count] == before[i] ? 1 : 0;
                right += !labels.IsEmpty && labels[count] == after[i] ? 1 : 0;
                count++;
            }
        }, ran, cancellation, also);
        double? Share(int of, bool known) => known && count > 0 ? (double)of / count : null;
        return new QuantisationCost(
            samples.Count,
            count,
            [.. outputs.Select((name, i) => new OutputCost(name, Relative(differences[i], sizes[i])))],
            Share(agreeing, true),
            Share(rightBefore, !labels.IsEmpty),
            Share(right, !labels.IsEmpty));
    }

    private void Run(
        Network network,
        Action<int, IReadOnlyDictionary<string, Tensor>> take,
        Action ran,
        CancellationToken cancellation,
        Action<CompiledModel, IReadOnlyDictionary<string, Tensor>>? also = null)
    {
        cancellation.ThrowIfCancellationRequested();
        using var model = CompiledModel.Compile(PassPipeline.Default.Run(network), NoConfigurations, new ModelOptions { Threads = threads });
        for (int i = 0; i < samples.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            IReadOnlyDictionary<string, Tensor> sample = samples[i];
            take(i, model.Run(model.Inputs.ToDictionary(input => input.Name, input => sample[input.Name])));
            ran();
        }

        also?.Invoke(model, samples[0]);
    }

    // Equal outputs have no error, of whatever size they are.
    private static double Relative(double difference, double size) => difference == 0 ? 0
        : !double.IsFinite(difference) || size == 0 ? double.PositiveInfinity : Math.Sqrt(difference / size);

    // What is infinite, or no number, in both is no error, and has no size that others could be compared with.
    private static bool IsCounted(double wanted, double got) => double.IsFinite(wanted) || !wanted.Equals(got);

    private static double[] Numbers(Tensor tensor) => tensor.Data switch
    {
        float[] values => Array.ConvertAll(values, value => (double)value),
        double[] values => values,
        string[] => [],
        Half[] values => Array.ConvertAll(values, value => (double)value),
        BFloat16[] values => Array.ConvertAll(values, value => (double)value.ToSingle()),
        Array numbers => [.. numbers.Cast<IConvertible>().Select(value => value.ToDouble(null))],
    };
}
