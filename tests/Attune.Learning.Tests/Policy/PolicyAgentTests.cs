using Attune.Learning.Policy;

namespace Attune.Learning.Tests.Policy;

public sealed class PolicyAgentTests
{
    [Theory]
    [InlineData(0.3)]
    [InlineData(0)]
    public void Gradients_equal_finite_differences(double entropyWeight)
    {
        const int knobs = 3;
        const int steps = 12;
        const double nudge = 1e-6;
        var random = new Random(11);
        var agent = new PolicyAgent(knobs, new() { Hidden = 6, Temperature = 0.5, EntropyWeight = entropyWeight }, seed: 12);
        var episode = new Episode(knobs);
        var batch = new PolicyAgent.Transition[steps];
        for (int t = 0; t < steps; t++)
        {
            episode.Add([random.NextDouble(), random.NextDouble(), random.NextDouble()], [(byte)random.Next(3), (byte)random.Next(3), (byte)random.Next(3)], 0);
            batch[t] = new PolicyAgent.Transition(t, (2 * random.NextDouble()) - 1, random.NextDouble());
        }

        // Ratios on both sides of the clip, none within a nudge of it.
        double[] reference = [.. agent.Reference(episode, batch).Select(probability => probability * (0.6 + (0.8 * random.NextDouble())))];
        double[] byPolicy = new double[agent.Networks.Policy.Parameters.Length];
        double[] byValue = new double[agent.Networks.Value.Parameters.Length];
        agent.Loss(episode, batch, reference, byPolicy, byValue);
        byPolicy.Concat(byValue).Count(slope => slope != 0).ShouldBeGreaterThan((byPolicy.Length + byValue.Length) / 2);
        Compare(agent.Networks.Policy.Parameters, byPolicy, "policy");
        Compare(agent.Networks.Value.Parameters, byValue, "value");

        void Compare(double[] parameters, double[] gradient, string network)
        {
            for (int i = 0; i < parameters.Length; i++)
            {
                double kept = parameters[i];
                parameters[i] = kept + nudge;
                double above = agent.Loss(episode, batch, reference, [], []);
                parameters[i] = kept - nudge;
                double below = agent.Loss(episode, batch, reference, [], []);
                parameters[i] = kept;
                double expected = (above - below) / (2 * nudge);
                Math.Abs(gradient[i] - expected).ShouldBeLessThan(1e-4 * Math.Max(1, Math.Abs(expected)), $"{network}, parameter {i}");
            }
        }
    }

    [Fact]
    [Trait(Category.Name, Category.Slow)]
    public void An_agent_learns_to_walk_to_where_rewards_are()
    {
        double[][] ends = [.. Enumerable.Range(1, 4).Select(seed => Ends(seed))];
        double before = ends.Average(walks => walks[..50].Average());
        double after = ends.Average(walks => walks[^50..].Average());
        after.ShouldBeGreaterThan(before + 0.08);
    }

    [Fact]
    public void Probabilities_of_every_knob_sum_to_one()
    {
        var networks = new ActorCritic(4, new PolicyOptions(), new Random(1));
        var probabilities = new double[12];
        networks.Act([0.1, 0.9, 0.5, 0], networks.Policy.NewTape(1), probabilities);
        for (int knob = 0; knob < 4; knob++)
        {
            (probabilities[3 * knob] + probabilities[(3 * knob) + 1] + probabilities[(3 * knob) + 2]).ShouldBe(1, 1e-12);
        }
    }

    [Fact]
    public void Equal_seeds_act_alike()
    {
        Moves(5).ShouldBe(Moves(5));
        Moves(5).ShouldNotBe(Moves(6));

        static byte[] Moves(int seed)
        {
            var agent = new PolicyAgent(8, null, seed);
            var all = new List<byte>();
            var moves = new byte[8];
            for (int i = 0; i < 20; i++)
            {
                agent.Act([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, i / 20.0], moves);
                all.AddRange(moves);
            }

            return [.. all];
        }
    }

    [Fact]
    public void Misuse_is_refused_with_the_reason()
    {
        Should.Throw<ArgumentException>(() => new PolicyAgent(2, new() { Hidden = 0, Discount = 2, Clip = 0 })).Message.ShouldSatisfyAllConditions(
            text => text.ShouldContain("Hidden 0"),
            text => text.ShouldContain("Discount 2"),
            text => text.ShouldContain("Clip 0"));
        Should.Throw<ArgumentException>(() => new Episode(2).Add([0.5], [1, 1], 0));
    }

    // Rewards at the end of 200 walks of 24 steps on a grid of 16 by 16 whose best place is (12, 3).
    private static double[] Ends(int seed)
    {
        var agent = new PolicyAgent(2, new() { EntropyWeight = 0.1 }, seed);
        var random = new Random(4);
        var episode = new Episode(2);
        var moves = new byte[2];
        var ends = new double[600];
        for (int walk = 0; walk < ends.Length; walk++)
        {
            episode.Clear();
            int[] at = [random.Next(16), random.Next(16)];
            for (int step = 0; step < 24; step++)
            {
                double[] state = [at[0] / 16.0, at[1] / 16.0];
                agent.Act(state, moves);
                for (int knob = 0; knob < 2; knob++)
                {
                    at[knob] = Math.Clamp(at[knob] + moves[knob] - 1, 0, 15);
                }

                ends[walk] = 1 - (Math.Abs(at[0] - 12) / 16.0) - (Math.Abs(at[1] - 3) / 16.0);
                episode.Add(state, moves, ends[walk]);
            }

            agent.Learn(episode);
        }

        return ends;
    }
}
