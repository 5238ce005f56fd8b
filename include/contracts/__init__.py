"""The contracts: one YAML file per dataset, the single source of columns, types, keys, protection and completeness."""

from include.contracts.model import Column, Contract, ContractError, dataset_names, load_all, load_contract

__all__ = ["Column", "Contract", "ContractError", "dataset_names", "load_all", "load_contract"]
