using Attune.Learning.Gaussian;
using Attune.Numerics;

namespace Attune.Learning.Tests.Gaussian;

public sealed class DeepGaussianProcessTests
{
    [Theory]
    [InlineData(CovarianceKind.SquaredExponential, 3)]
    [InlineData(CovarianceKind.Matern52, 3)]
    [InlineData(CovarianceKind.SquaredExponential, 1)]
    public void The_hand_written_gradient_is_that_of_the_bound(CovarianceKind kind, int layers)
    {
        (double[][] points, double[] labels) = Oracle.Data(9, 3, 11);
        double[] inputs = Oracle.Flat(points);
        var options = new DeepGaussianOptions { Layers = layers, Width = 2, InducingPoints = 5, Covariance = kind };
        TrainingRows rows = TrainingRows.Of(GaussianProcessTests.TableOf(points), [.. labels.Select(label => (float)label)], [], 0);
        DeepGaussianNetwork network = DeepGaussianStart.Make(rows, options, new Random(3));

        // Away from the start, where many derivatives are 0: every parameter gets its own value, roots their off-diagonal entries too.
        var random = new Random(4);
        double[] p = network.Parameters;
        for (int i = 0; i < p.Length - 1; i++)
        {
            p[i] += 0.2 * (random.NextDouble() - 0.5);
        }

        int[] free = [.. Enumerable.Range(0, p.Length)];
        foreach (GaussianLayer layer in network.Layers)
        {
            for (int d = 0; d < layer.Outputs; d++)
            {
                for (int i = 0; i < layer.Inducing; i++)
                {
                    int row = layer.Roots + (((d * layer.Inducing) + i) * layer.Inducing);
                    p[row + i] = 0.3 + (0.2 * random.NextDouble());
                    for (int j = i + 1; j < layer.Inducing; j++)
                    {
                        p[row + j] = 0;
                        free[row + j] = -1;
                    }
                }
            }
        }

        var normals = new double[9 * network.NormalsPerRow];
        NormalDistribution.Fill(random, normals);
        Slopes.Function loss = (at, gradient) =>
        {
            network.Parameters = at;
            return network.Loss(inputs, labels, 1.7, normals, 0.6, gradient);
        };
        Slopes.LargestError(loss, p, free.Where(i => i >= 0)).ShouldBeLessThan(1e-4);
    }

    [Fact]
    public void Training_lowers_the_loss_and_predicts_unseen_rows()
    {
        (DeepGaussianProcess process, double[][] others, double[] truth) = Trained(steps: 400);
        var brief = new DeepGaussianProcess(new() { Steps = 5, InducingPoints = 24, Width = 2 });
        (double[][] points, double[] labels) = Oracle.Data(400, 3, 1);
        brief.Fit(GaussianProcessTests.TableOf(points), [.. labels.Select(label => (float)label)], []);
        process.Loss.ShouldBeLessThan(brief.Loss - 0.5);
        Error(process, others, truth).ShouldBeLessThan(0.3 * Math.Sqrt(truth.Average(y => y * y)));
    }

    [Fact]
    public void Equal_seeds_give_equal_processes()
    {
        (DeepGaussianProcess first, double[][] others, _) = Trained(steps: 20);
        (DeepGaussianProcess second, _, _) = Trained(steps: 20);
        FeatureTable table = GaussianProcessTests.TableOf(others);
        first.Predict(table.Row(0)).ShouldBe(second.Predict(table.Row(0)));
    }

    [Fact]
    public void Tuning_moves_towards_a_related_task_and_leaves_the_original_alone()
    {
        (DeepGaussianProcess process, double[][] others, double[] truth) = Trained(steps: 300);

        // The related task is steeper and lies higher.
        double[] target = [.. truth.Select((y, i) => (1.5 * y) + 0.5 + (0.5 * others[i][0]))];
        double before = Error(process, others, target);
        DeepGaussianProcess tuned = process.Tune(GaussianProcessTests.TableOf(others[..40]), [.. target[..40].Select(y => (float)y)]);
        tuned.Tuning.ShouldBe(DeepGaussianTuning.LastLayer);
        Error(tuned, others[40..], target[40..]).ShouldBeLessThan(0.6 * before);
        Error(process, others, target).ShouldBe(before);
    }

    [Fact]
    public void Tuning_on_noise_is_guarded()
    {
        (DeepGaussianProcess process, double[][] others, double[] truth) = Trained(steps: 300);
        var random = new Random(5);
        float[] wild = [.. truth[..40].Select(y => (float)(y + (random.Next(8) == 0 ? 20 * (random.NextDouble() - 0.5) : 0)))];
        DeepGaussianProcess tuned = process.Tune(GaussianProcessTests.TableOf(others[..40]), wild);
        Error(tuned, others[40..], truth[40..]).ShouldBeLessThan(Math.Sqrt(truth.Average(y => y * y)));
        process.Tune(GaussianProcessTests.TableOf(others[..1]), [0f]).ShouldNotBeNull();
    }

    [Fact]
    public void What_is_saved_comes_back_and_damage_is_noticed()
    {
        (DeepGaussianProcess process, double[][] others, _) = Trained(steps: 20);
        var stream = new MemoryStream();
        process.Save(new BinaryWriter(stream));
        byte[] bytes = stream.ToArray();
        DeepGaussianProcess loaded = DeepGaussianProcess.Load(new BinaryReader(new MemoryStream(bytes)));
        FeatureTable table = GaussianProcessTests.TableOf(others);
        var first = new Estimate[others.Length];
        var second = new Estimate[others.Length];
        process.Predict(table, first);
        loaded.Predict(table, second);
        second.ShouldBe(first);

        for (int length = 0; length < bytes.Length; length += 97)
        {
            int cut = length;
            Should.Throw<Exception>(() => DeepGaussianProcess.Load(new BinaryReader(new MemoryStream(bytes[..cut])))).ShouldBeAssignableTo<IOException>();
        }

        byte[] newer = (byte[])bytes.Clone();
        newer[0] = 9;
        Should.Throw<InvalidDataException>(() => DeepGaussianProcess.Load(new BinaryReader(new MemoryStream(newer)))).Message.ShouldContain("schema 9");
    }

    [Fact]
    public void Any_flipped_byte_either_loads_or_is_refused_as_data()
    {
        var process = new DeepGaussianProcess(new() { Steps = 1, InducingPoints = 3, Width = 2 });
        (double[][] points, double[] labels) = Oracle.Data(20, 3, 1);
        process.Fit(GaussianProcessTests.TableOf(points), [.. labels.Select(label => (float)label)], []);
        var stream = new MemoryStream();
        process.Save(new BinaryWriter(stream));
        byte[] bytes = stream.ToArray();
        var random = new Random(6);
        for (int i = 0; i < bytes.Length; i++)
        {
            byte[] damaged = (byte[])bytes.Clone();
            damaged[i] ^= (byte)(1 << random.Next(8));
            try
            {
                DeepGaussianProcess.Load(new BinaryReader(new MemoryStream(damaged))).Columns.ShouldBe(3);
            }
            catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException)
            {
                exception.Message.ShouldNotBeEmpty();
            }
        }
    }

    private static (DeepGaussianProcess Process, double[][] Others, double[] Truth) Trained(int steps)
    {
        (double[][] points, double[] labels) = Oracle.Data(400, 3, 1);
        (double[][] others, double[] truth) = Oracle.Data(150, 3, 2);
        var process = new DeepGaussianProcess(new() { Steps = steps, InducingPoints = 24, Width = 2 });
        process.Fit(GaussianProcessTests.TableOf(points), [.. labels.Select(label => (float)label)], []);
        return (process, others, truth);
    }

    private static double Error(DeepGaussianProcess process, double[][] points, double[] truth)
    {
        var estimates = new Estimate[points.Length];
        process.Predict(GaussianProcessTests.TableOf(points), estimates);
        return Math.Sqrt(estimates.Zip(truth, (estimate, y) => Math.Pow(estimate.Mean - y, 2)).Average());
    }
}
