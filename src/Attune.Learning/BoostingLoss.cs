namespace Attune.Learning;

/// <summary>What boosted trees minimise. The names in parentheses are XGBoost's objectives.</summary>
public enum BoostingLoss
{
    /// <summary>Half the squared error (reg:squarederror): predictions are merits.</summary>
    Squared,

    /// <summary>The logistic loss of labels in [0, 1] (binary:logistic): predictions are probabilities.</summary>
    Logistic,

    /// <summary>
    /// The pairwise logistic loss over all rows as one list (rank:pairwise, one random partner per row and round): predictions order the rows and have no unit.
    /// Labels may be any numbers.
    /// </summary>
    Pairwise,
}
