using System.Collections.Immutable;
using System.Text.Json;
using Attune.Records.Documents;

namespace Attune.Cohort.Profiles;

/// <summary>Reads the lists of a profile: each checks itself and its agreement with those before it.</summary>
internal sealed class ProfileLists(DocumentObject root, bool hasEnergy)
{
    private const double MaxLoss = 100;

    public ImmutableArray<ProfileKnob> Knobs(int max) => Each("knobs", max, fields =>
    {
        string id = fields.Text("id", required: true) ?? string.Empty;
        return new ProfileKnob(id, fields.Text("unit", required: true) ?? string.Empty);
    });

    public ImmutableArray<ProfileStage> Stages(int max) => Each("stages", max, fields => new ProfileStage(
        fields.Text("name", required: true) ?? string.Empty,
        fields.Whole("first_step", 0, 1 << 20) ?? 0,
        fields.Whole("step_count", 0, 1 << 20) ?? 0));

    public ImmutableArray<ProfileVariant> Variants(int max, int stages)
    {
        ImmutableArray<ProfileVariant> variants = Each("variants", max, fields => new ProfileVariant(
            fields.Text("name", required: true) ?? string.Empty,
            fields.Number("loss", 0, MaxLoss, required: true) ?? 0)
        {
            StageLoss = fields.Numbers("stage_loss", stages, 0, MaxLoss, required: true),
        });
        if (!variants.IsEmpty && (variants[0].Loss > 0 || variants[0].StageLoss.Any(loss => loss > 0)))
        {
            root.Problem("variants", "the first variant is the exact network and loses no accuracy");
        }

        if (variants.Select(variant => variant.Name).Distinct().Count() < variants.Length)
        {
            root.Problem("variants", "two variants have one name");
        }

        return variants;
    }

    /// <summary>The settings with their times.</summary>
    /// <param name="max">Most settings.</param>
    /// <param name="counts">Knobs, variants and stages.</param>
    /// <param name="maxUs">Largest time, microseconds.</param>
    /// <param name="maxMj">Largest energy, millijoules.</param>
    public ImmutableArray<ProfileSetting> Settings(int max, (int Knobs, int Variants, int Stages) counts, double maxUs, double maxMj)
    {
        ImmutableArray<ProfileSetting> settings = Each("settings", max, fields =>
        {
            ImmutableArray<double> values = fields.Numbers("values", counts.Knobs, -1e18, 1e18, required: true);
            double? idle = fields.Number("idle_power_mw", 0, 1e7);
            double? contention = fields.Number("contention", 1, ProfileSetting.MaxContention);
            ImmutableArray<(JsonElement Element, string Path)> variants = fields.List("variants", counts.Variants, required: true);
            if (variants.Length != counts.Variants)
            {
                fields.Problem("variants", $"{variants.Length} variants where the profile has {counts.Variants}");
            }

            return new ProfileSetting(values, [.. variants.Select(each => Times(fields, each, counts.Stages, maxUs, maxMj))])
            {
                IdlePowerMw = idle,
                Contention = contention,
            };
        });
        if (settings.Select(setting => string.Join(' ', setting.Values)).Distinct().Count() < settings.Length)
        {
            root.Problem("settings", "two settings have the same values");
        }

        return settings;
    }

    private StageTimes Times(DocumentObject parent, (JsonElement Element, string Path) at, int stages, double maxUs, double maxMj)
    {
        DocumentObject fields = parent.Below(at.Element, at.Path);
        var times = new StageTimes(fields.Numbers("stage_us", stages, 1e-3, maxUs, required: true))
        {
            StageP95Us = fields.Numbers("stage_p95_us", stages, 1e-3, maxUs),
            StageMilliJoules = fields.Numbers("stage_mj", stages, 0, maxMj, required: hasEnergy),
        };
        if (!times.StageP95Us.IsEmpty
            && times.StageP95Us.Length == times.StageUs.Length
            && times.StageUs.Zip(times.StageP95Us).Any(pair => pair.Second < pair.First))
        {
            fields.Problem("stage_p95_us", "a 95th percentile is below its median");
        }

        fields.RefuseOthers();
        return times;
    }

    private ImmutableArray<T> Each<T>(string name, int max, Func<DocumentObject, T> read)
    {
        ImmutableArray<(JsonElement Element, string Path)> elements = root.List(name, max, required: true);
        if (elements.IsEmpty && root.Has(name))
        {
            root.Problem(name, "at least one is needed");
        }

        return [.. elements.Select(each =>
        {
            DocumentObject fields = root.Below(each.Element, each.Path);
            T made = read(fields);
            fields.RefuseOthers();
            return made;
        })];
    }
}
