using System.Collections.Immutable;

namespace Attune.Learning.Networks;

/// <summary>How a network is trained on batches drawn from data.</summary>
public sealed record NetworkTraining
{
    /// <summary>Fills a batch: rows of inputs and, for each output, what it should be.</summary>
    /// <param name="inputs">Row-major, to be filled in full.</param>
    /// <param name="targets">Row-major, to be filled in full.</param>
    public delegate void BatchSource(Span<float> inputs, Span<float> targets);

    /// <summary>Steps of descent, at least 1. Default 2500.</summary>
    public int Steps { get; init; } = 2500;

    /// <summary>Rows per step, at least 1. Default 256.</summary>
    public int Batch { get; init; } = 256;

    /// <summary>First learning rate, above 0 up to 1. Default 3e-3.</summary>
    public double Rate { get; init; } = 3e-3;

    /// <summary>Weight decay per unit of rate, 0 to 10. Default 0.01.</summary>
    public double Decay { get; init; } = 0.01;

    /// <summary>Checks every range.</summary>
    /// <returns>What is wrong; empty when nothing is.</returns>
    public ImmutableArray<string> Problems()
    {
        var problems = ImmutableArray.CreateBuilder<string>();
        Require(Steps is >= 1 and <= 10_000_000, $"{Steps} steps are not in 1..10000000");
        Require(Batch is >= 1 and <= 65_536, $"a batch of {Batch} is not in 1..65536");
        Require(Rate is > 0 and <= 1, $"the rate {Rate} is not in 0..1");
        Require(Decay is >= 0 and <= 10, $"the decay {Decay} is not in 0..10");
        return problems.ToImmutable();

        void Require(bool holds, string otherwise)
        {
            if (!holds)
            {
                problems.Add(otherwise);
            }
        }
    }

    /// <summary>Trains a network to the least mean squared error.</summary>
    /// <param name="network">Changed in place.</param>
    /// <param name="source">Gives the batches.</param>
    /// <returns>Mean squared error over the last tenth of the steps, on the batches before each step.</returns>
    /// <exception cref="ArgumentException">A parameter is out of range.</exception>
    /// <exception cref="ArithmeticException">The descent diverged.</exception>
    public double Run(DenseNetwork<float> network, BatchSource source)
    {
        ImmutableArray<string> problems = Problems();
        if (!problems.IsEmpty)
        {
            throw new ArgumentException($"The network cannot be trained: {string.Join("; ", problems)}.");
        }

        NetworkTape<float> tape = network.NewTape(Batch);
        var inputs = new float[Batch * network.Inputs];
        var targets = new float[Batch * network.Outputs];
        var slopes = new float[targets.Length];
        var gradients = new float[network.Parameters.Length];
        var descent = new Adam<float>(gradients.Length);
        var rate = new CosineRate(Rate, Steps);
        int counted = Math.Max(1, Steps / 10);
        double error = 0;
        for (int step = 0; step < Steps; step++)
        {
            source(inputs, targets);
            ReadOnlySpan<float> outputs = network.Forward(inputs, Batch, tape);
            double squares = 0;
            for (int i = 0; i < slopes.Length; i++)
            {
                float difference = outputs[i] - targets[i];
                squares += difference * difference;
                slopes[i] = 2 * difference / slopes.Length;
            }

            if (!double.IsFinite(squares))
            {
                throw new ArithmeticException($"The training of a network diverged at step {step} of {Steps}; are all inputs and targets finite and of size 1? "
                    + $"Otherwise use a rate below {Rate}.");
            }

            error += step >= Steps - counted ? squares / slopes.Length / counted : 0;
            network.Backward(tape, slopes, gradients, []);
            descent.Step(network.Parameters, gradients, rate.At(step), Decay);
            Array.Clear(gradients);
        }

        return error;
    }
}
