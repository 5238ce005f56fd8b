{column}
