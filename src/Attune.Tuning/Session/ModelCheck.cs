using Attune.Kernels;
using Attune.Measuring.Models;
using Attune.Reference;

namespace Attune.Tuning.Session;

/// <summary>
/// Compares whole models with the reference kernels on the network as it was read, before any pass. The reference runs once per input, on first use, however
/// many models are compared.
/// </summary>
/// <param name="network">The network to run with the reference kernels.</param>
/// <param name="tolerance">Largest allowed error relative to the largest magnitude of an output.</param>
/// <param name="seed">Seed of the inputs.</param>
/// <param name="progress">Told how far the reference is, and when it is slow.</param>
/// <param name="clock">Tells how long a reference run takes.</param>
internal sealed class ModelCheck(Network network, double tolerance, int seed, IProgress<TuneEvent> progress, TimeProvider clock)
{
    private const int Inputs = 2;

    // A network that the reference kernels take longer for is compared on one input; the user is told.
    private static readonly TimeSpan LongReference = TimeSpan.FromSeconds(20);
    private readonly List<(Dictionary<string, Tensor> Inputs, IReadOnlyDictionary<string, Tensor> Expected)> references = [];

    /// <summary>Largest allowed error relative to the largest magnitude of an output.</summary>
    public double Tolerance => tolerance;

    /// <summary>The worst output of a model when it differs by more than the tolerance; null when the model is right.</summary>
    /// <param name="run">Runs the model.</param>
    /// <param name="cancellation">Gives up while the reference runs.</param>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public OutputError? Difference(Func<IReadOnlyDictionary<string, Tensor>, IReadOnlyDictionary<string, Tensor>> run, CancellationToken cancellation)
    {
        Prepare(cancellation);

        // The first input comes again after the others: what a model leaves unwritten then still holds the other input's values.
        foreach ((Dictionary<string, Tensor> inputs, IReadOnlyDictionary<string, Tensor> expected) in references.Append(references[0]))
        {
            IReadOnlyDictionary<string, Tensor> actual = run(inputs);
            OutputError worst = network.Outputs.Select(
                output => OutputError.Of(output.Name, actual[output.Name], expected[output.Name])).MaxBy(error => error.MaxRelError)!;
            if (!(worst.MaxRelError <= tolerance))
            {
                return worst;
            }
        }

        return null;
    }

    /// <summary>Runs the reference kernels unless that was done. An interruption after the first input leaves that one.</summary>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public void Prepare(CancellationToken cancellation)
    {
        if (references.Count > 0)
        {
            return;
        }

        for (int i = 0; i < Inputs; i++)
        {
            long start = clock.GetTimestamp();
            Dictionary<string, Tensor> inputs = RandomInputs.For(network.Inputs, unchecked(seed + (7919 * i)));
            int done = 0;
            references.Add((inputs, ReferenceExecutor.Run(network, inputs, null, (node, _) =>
            {
                cancellation.ThrowIfCancellationRequested();
                progress.Report(new ReferenceAdvanced(i + 1, Inputs, ++done, network.Nodes.Length, node.Name));
            })));
            TimeSpan took = clock.GetElapsedTime(start);
            if (i + 1 < Inputs && took > LongReference)
            {
                progress.Report(new ReferenceSlow(took));
                return;
            }
        }
    }
}
