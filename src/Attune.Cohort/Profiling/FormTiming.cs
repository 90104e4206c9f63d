using System.Collections.Immutable;
using Attune.Devices;
using Attune.Runtime;
using Attune.Runtime.Stages;

namespace Attune.Cohort.Profiling;

/// <summary>
/// Times every layer in every form, so that forms which are not faster can be dropped. Forms take turns within a round, so drift of the machine hits all alike.
/// Stateless.
/// </summary>
public static class FormTiming
{
    // A form that saves less than this share costs accuracy for nothing.
    private const double MinGain = 0.03;

    /// <summary>Times the forms.</summary>
    /// <param name="model">A model with forms.</param>
    /// <param name="rounds">Rounds, at least 3; the fastest counts.</param>
    /// <param name="clock">Time.</param>
    /// <returns>One entry for each layer and form, in order of execution.</returns>
    public static ImmutableArray<FormTime> Measure(CompiledModel model, int rounds, TimeProvider clock)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rounds, 3);
        using StagedInference inference = model.CreateStaged();
        using var team = new ThreadTeam(model.Options.Threads);
        ImmutableArray<StagedStep> steps = model.StagedSteps;
        int max = model.LayersWithForms.SelectMany(layer => layer.Forms).DefaultIfEmpty().Max();
        var min = new double[steps.Length];
        Array.Fill(min, double.PositiveInfinity);
        for (int round = 0; round < rounds; round++)
        {
            for (int form = 0; form <= max; form++)
            {
                inference.Restart();
                inference.Forms.Fill((byte)form);
                for (int step = 0; step < steps.Length; step++)
                {
                    long began = clock.GetTimestamp();
                    inference.RunTo(step + 1, team, team.Members);
                    double us = clock.GetElapsedTime(began).TotalMicroseconds;
                    if (steps[step].Form == form)
                    {
                        min[step] = Math.Min(min[step], us);
                    }
                }
            }
        }

        return
        [
            .. model.LayersWithForms.SelectMany(
                (layer, position) => layer.Forms.Select(form => new FormTime(layer.Name, form, Sum(position, 0), Sum(position, form)))),
        ];

        double Sum(int layer, int form) => steps.Index().Where(step => step.Item.Layer == layer && step.Item.Form == form).Sum(step => min[step.Index]);
    }

    /// <summary>The forms that are not worth their loss of accuracy: not faster than the exact layer, or than a form with a lower number.</summary>
    public static ImmutableHashSet<(string Node, int Form)> NotFaster(IReadOnlyCollection<FormTime> times)
    {
        var dropped = ImmutableHashSet.CreateBuilder<(string, int)>();
        foreach (IGrouping<string, FormTime> layer in times.GroupBy(time => time.Node))
        {
            double best = layer.First().ExactUs;
            foreach (FormTime form in layer.OrderBy(time => time.Form))
            {
                if (form.FormUs < best * (1 - MinGain))
                {
                    best = form.FormUs;
                }
                else
                {
                    dropped.Add((form.Node, form.Form));
                }
            }
        }

        return dropped.ToImmutable();
    }
}
