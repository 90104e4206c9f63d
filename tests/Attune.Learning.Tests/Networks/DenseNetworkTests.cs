using Attune.Learning.Networks;

namespace Attune.Learning.Tests.Networks;

public sealed class DenseNetworkTests
{
    [Theory]
    [InlineData(1, 3, 5, 2)]
    [InlineData(4, 7, 16, 32)]
    [InlineData(9, 20, 33, 17)]
    public void Products_are_those_of_the_definition(int rows, int inner, int columns, int seed)
    {
        var random = new Random(seed);
        float[] a = [.. Enumerable.Range(0, rows * inner).Select(i => i % 3 == 0 ? 0 : random.NextSingle() - 0.5f)];
        float[] b = [.. Enumerable.Range(0, inner * columns).Select(_ => random.NextSingle() - 0.5f)];
        float[] c = [.. Enumerable.Range(0, rows * columns).Select(i => (float)i)];
        float[] fresh = new float[c.Length];
        MatrixProduct.Multiply(a, b, fresh, rows, inner, columns);
        MatrixProduct.Multiply(a, b, c, rows, inner, columns, adds: true);
        for (int i = 0; i < c.Length; i++)
        {
            double sum = Enumerable.Range(0, inner).Sum(k => (double)a[(i / columns * inner) + k] * b[(k * columns) + (i % columns)]);
            fresh[i].ShouldBe((float)sum, 1e-5f);
            c[i].ShouldBe((float)(i + sum), 1e-4f);
        }
    }

    [Fact]
    public void Gradients_by_parameters_and_inputs_are_those_of_finite_differences()
    {
        const int Rows = 5;
        var random = new Random(11);
        var network = new DenseNetwork<float>([6, 18, 9, 3], random);
        // The last layer starts small; here it must carry gradients that can be told from rounding.
        foreach (ref float weight in network.Parameters.AsSpan())
        {
            weight += (random.NextSingle() - 0.5f) * 0.8f;
        }

        NetworkTape<float> tape = network.NewTape(Rows);
        float[] input = [.. Enumerable.Range(0, Rows * 6).Select(_ => (random.NextSingle() - 0.5f) * 3)];
        float[] weights = [.. Enumerable.Range(0, Rows * 3).Select(_ => random.NextSingle() - 0.5f)];
        var byParameters = new float[network.Parameters.Length];
        var byInputs = new float[input.Length];
        network.Forward(input, Rows, tape);
        network.Backward(tape, weights, byParameters, byInputs);
        for (int i = 0; i < network.Parameters.Length; i += 7)
        {
            byParameters[i].ShouldBe((float)Difference(network.Parameters, i), 4e-3f, $"parameter {i}");
        }

        for (int i = 0; i < input.Length; i++)
        {
            byInputs[i].ShouldBe((float)Difference(input, i), 4e-3f, $"input {i}");
        }

        double Difference(float[] values, int i)
        {
            const float Step = 1e-2f;
            float kept = values[i];
            values[i] = kept + Step;
            double above = Loss();
            values[i] = kept - Step;
            double below = Loss();
            values[i] = kept;
            return (above - below) / (2 * Step);
        }

        double Loss()
        {
            ReadOnlySpan<float> outputs = network.Forward(input, Rows, tape);
            double sum = 0;
            for (int i = 0; i < outputs.Length; i++)
            {
                sum += (double)outputs[i] * weights[i];
            }

            return sum;
        }
    }

    [Fact]
    public void Gradients_are_added_to_what_is_there()
    {
        var network = new DenseNetwork<float>([2, 4, 1], new Random(1));
        NetworkTape<float> tape = network.NewTape(1);
        network.Forward([0.3f, -0.7f], 1, tape);
        var once = new float[network.Parameters.Length];
        network.Backward(tape, [1], once, []);
        float[] twice = [.. once];
        network.Backward(tape, [1], twice, []);
        twice.ShouldBe([.. once.Select(value => 2 * value)], 1e-6);
    }

    [Fact]
    public void A_network_learns_a_smooth_function()
    {
        var random = new Random(5);
        var network = new DenseNetwork<float>([2, 24, 24, 1], random);
        double error = new NetworkTraining { Steps = 600, Batch = 64, Rate = 1e-2, Decay = 0 }.Run(network, (inputs, targets) =>
        {
            for (int r = 0; r < targets.Length; r++)
            {
                float x = (2 * random.NextSingle()) - 1;
                float y = (2 * random.NextSingle()) - 1;
                inputs[2 * r] = x;
                inputs[(2 * r) + 1] = y;
                targets[r] = x * y;
            }
        });
        // The variance of the product of two uniform variables is 1/9.
        error.ShouldBeLessThan(0.01 / 9);
    }

    [Fact]
    public void Training_that_diverges_says_so()
    {
        var network = new DenseNetwork<float>([1, 4, 1], new Random(1));
        Should.Throw<ArithmeticException>(() => new NetworkTraining { Steps = 3, Batch = 2 }.Run(network, (inputs, targets) =>
        {
            inputs.Fill(float.NaN);
            targets.Clear();
        })).Message.ShouldContain("diverged");
    }

    [Fact]
    public void Parameters_out_of_range_are_all_named() =>
        new NetworkTraining { Steps = 0, Batch = 0, Rate = 0, Decay = -1 }.Problems().Length.ShouldBe(4);
}
