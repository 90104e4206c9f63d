using Attune.Experiments.Setup;
using Attune.Tuning.Search;

namespace Attune.Experiments.Search;

/// <summary>Lets tuners that can learn from history do so in an experiment, without ever showing them the task that they are judged on.</summary>
public interface ITransferSource
{
    /// <summary>True for arms that learn from history.</summary>
    bool Serves(SearchArm arm);

    /// <summary>The arm's options with history.</summary>
    /// <param name="task">The task it will search.</param>
    /// <param name="arm">The arm.</param>
    /// <param name="options">Its options without history.</param>
    /// <param name="done">Searches that have ended.</param>
    SearcherOptions Prepare(ExperimentTask task, SearchArm arm, SearcherOptions options, IReadOnlyList<SearchTrace> done);
}
